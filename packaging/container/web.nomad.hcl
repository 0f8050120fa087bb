job "web" {
  group "web" {
    network {
      port "http" { to = 8080 }
    }
    task "web" {
      driver = "podman"
      # More than drain-sec and timeout-stop-sec together.
      kill_timeout = "30s"
      config {
        image      = "localhost/web:latest"
        entrypoint = ["/usr/bin/amphid", "run", "web"]
        ports      = ["http"]
        tmpfs      = ["/run"]
      }
      service {
        port     = "http"
        provider = "nomad"
        check {
          type     = "script"
          command  = "/usr/bin/amphid"
          args     = ["status", "--ready", "web"]
          interval = "2s"
          timeout  = "2s"
        }
      }
    }
  }
}

// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// What amphid prints for programs, read by other people's programs: JSON Schemas by
// python3-jsonschema, metrics by Prometheus' own parsers.

#include "fixture.h"

#include <csignal>
#include <filesystem>
#include <unistd.h>

namespace amphid::test {

class FormatsTest : public ProcessTest {
protected:
    Outcome python(const std::string& script, const Words& arguments) {
        Words command{"/usr/bin/python3", "-c", script};
        command.insert(command.end(), arguments.begin(), arguments.end());
        return run({.command = command, .environment = {{"PYTHONDONTWRITEBYTECODE", "1"}}});
    }

    bool has_module(const std::string& module) {
        return ::access("/usr/bin/python3", X_OK) == 0 && python("import " + module, {}).code == 0;
    }

    /// Validates each line of a file; members that the schema does not know are mistakes.
    Outcome validate(const std::string& lines) {
        return python("import json, sys, jsonschema\n"
                      "schema = json.load(open(sys.argv[1]))\n"
                      "schema['additionalProperties'] = False\n"
                      "jsonschema.Draft202012Validator.check_schema(schema)\n"
                      "for line in open(sys.argv[2]):\n"
                      "    jsonschema.validate(json.loads(line), schema)\n",
                      {path("schema"), lines});
    }

    void expect_valid(const std::string& when) {
        const std::string lines = write("status.json", status({"--json"}).out);
        ASSERT_NE(read("status.json"), "") << when;
        const Outcome outcome = validate(lines);
        EXPECT_EQ(outcome.code, 0) << when << ": " << read("status.json") << outcome.err;
    }
};

TEST_F(FormatsTest, StatusIsValidByItsSchema) {
    if (!has_module("jsonschema"))
        GTEST_SKIP() << "this machine has no python3-jsonschema";
    write("schema", amphid({"reference", "--format=status-schema"}).out);
    configure(service("notify", {"--status", "a \"quoted\" word", "--notify"}));
    expect_valid("before the first start");
    started();
    expect_valid("running");
    stopped();
    expect_valid("stopped");
    configure(service("exec", {"--exit", "7"}) + "[ready]\ndelay-sec = 10\n");
    EXPECT_EQ(start().code, 1);
    expect_valid("failed");
    configure("[service]\nexec-start = " + shell("exec sleep 1000") + '\n');
    started();
    const pid_t main = main_pid();
    send_signal(launcher(), SIGKILL);
    ASSERT_TRUE(await_gone(launcher()));
    expect_valid("without its launcher");
    stopped();
    EXPECT_TRUE(await_gone(main));
    const std::string wrong = write("wrong", "{\"version\": 1, \"name\": 5}\n");
    EXPECT_NE(validate(wrong).code, 0) << "the validator refuses nothing";
}

// The examples, and the file with every key, are what the editor's schema allows.
TEST_F(FormatsTest, ConfigurationsAreValidByTheirSchema) {
    if (!has_module("jsonschema, tomllib"))
        GTEST_SKIP() << "this machine has no python3-jsonschema, or a Python older than 3.11";
    write("schema", amphid({"reference", "--format=json-schema"}).out);
    write("every-key.toml", amphid({"reference", "--format=toml"}).out);
    const std::string script =
        "import json, sys, tomllib, jsonschema\n"
        "schema = json.load(open(sys.argv[1]))\n"
        "jsonschema.Draft7Validator.check_schema(schema)\n"
        "for path in sys.argv[2:]:\n"
        "    text = open(path).read()\n"
        "    if path.endswith('every-key.toml'):\n"
        "        text = '\\n'.join(l[2:] if ' = ' in l and l.split()[1:3][-1:] == ['=']\n"
        "                         or l.startswith('# [[') else l\n"
        "                         for l in text.splitlines())\n"
        "    jsonschema.validate(tomllib.loads(text), schema)\n";
    Words files{path("schema"), path("every-key.toml")};
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(AMPHID_SOURCE_DIR) + "/config"))
        files.push_back(entry.path());
    ASSERT_GT(files.size(), 5U);
    const Outcome outcome = python(script, files);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    const std::string wrong = write("wrong.toml", "[service]\nexec-start = 5\n");
    EXPECT_NE(python(script, {path("schema"), wrong}).code, 0) << "it refuses nothing";
}

TEST_F(FormatsTest, MetricsAreReadByPrometheus) {
    if (!has_module("prometheus_client.parser"))
        GTEST_SKIP() << "this machine has no python3-prometheus-client";
    configure(service("notify", {"--notify"}));
    started();
    const std::string metrics = write("metrics", status({"--metrics"}).out);
    const Outcome read = python("import sys\n"
                                "from prometheus_client.parser import *\n"
                                "for f in text_fd_to_metric_families(open(sys.argv[1])):\n"
                                "    for s in f.samples:\n"
                                "        print(f.type, s.name, s.labels['name'])\n",
                                {metrics});
    EXPECT_EQ(read.code, 0) << read.err;
    expect_words(read.out, "gauge amphid_service_ready " + name() + '\n');
    expect_words(read.out, "counter amphid_service_restarts_total " + name() + '\n');
    // Where somebody has it, Prometheus' own tool has no complaint either.
    const Outcome tool = run({.command = {"sh", "-c",
                                          "! command -v promtool >/dev/null || "
                                          "promtool check metrics <'" +
                                              metrics + "'"}});
    EXPECT_EQ(tool.code, 0) << tool.out << tool.err;
    EXPECT_EQ(tool.out + tool.err, "");
    stopped();
}

} // namespace amphid::test

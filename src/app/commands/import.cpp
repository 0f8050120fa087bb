// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/commands.h"
#include "app/console.h"
#include "app/unit_source.h"
#include "base/text.h"
#include "os/files.h"
#include "os/read_host.h"

#include <algorithm>
#include <unistd.h>

namespace amphid {

namespace {

std::string names_with(const std::vector<ImportNote>& notes, Loss loss) {
    std::string out;
    for (const ImportNote& note : notes) {
        const bool is_named =
            concat(", ", out, ',').find(concat(", ", note.directive, ',')) != std::string::npos;
        if (note.loss == loss && !is_named) {
            out += concat(out.empty() ? "" : ", ", note.directive);
        }
    }
    return out;
}

/// What `import --check` prints about one unit.
std::string verdict_of(const ImportedUnit& unit, const UnitSource& source) {
    if (loss_of(unit.notes) == Loss::nothing) {
        return concat(source.name, ": nothing is lost\n");
    }
    std::string out;
    for (const auto& [loss, words] :
         {std::pair(Loss::sandbox, "sandboxed"), std::pair(Loss::limits, "limited")}) {
        if (const std::string names = names_with(unit.notes, loss); !names.empty()) {
            out += concat(source.name, ": ", words, " only under systemd: ", names, '\n');
        }
    }
    for (const ImportNote& note : unit.notes) {
        if (note.loss == Loss::something) {
            out += concat(source.name, ": lost: ", printable(note.directive), '=',
                          printable(note.value), ": ", note.why, '\n');
        }
    }
    return out;
}

std::string json_of(const ImportedUnit& unit, const UnitSource& source) {
    std::string notes;
    for (const ImportNote& note : unit.notes) {
        const auto& file = source.files[static_cast<std::size_t>(note.at.file)];
        notes += concat(notes.empty() ? "" : ", ", "{\"directive\": ", json_string(note.directive),
                        ", \"value\": ", json_string(note.value),
                        ", \"loss\": ", json_string(name_of(note.loss)),
                        ", \"why\": ", json_string(note.why),
                        ", \"file\": ", json_string(file.path), ", \"line\": ", note.at.line, '}');
    }
    return concat("{\"unit\": ", json_string(source.name),
                  ", \"loss\": ", json_string(name_of(loss_of(unit.notes))), ", \"notes\": [",
                  notes, "], \"toml\": ", json_string(print_import(unit, source)), "}\n");
}

/// The exit code of --check.
constexpr int code_of_loss(Loss loss) {
    return loss == Loss::nothing ? 0 : is_only_under_systemd(loss) ? 3 : 1;
}

void write_file(const std::string& path, const std::string& text, const Host& host) {
    const std::string absolute =
        path.front() == '/' ? path : concat(host.working_directory, '/', path);
    const auto [directory, name] = split_path(absolute);
    replace_file(open_directory(directory, false).get(), name, text, 0644);
}

bool print_mistakes(const ImportedUnit& unit, const UnitSource& source) {
    for (std::size_t i = 0; i < source.files.size(); ++i) {
        write_all(STDERR_FILENO, render(unit.diagnostics, source.files[i].path,
                                        source.files[i].text, static_cast<int>(i)));
    }
    return has_error(unit.diagnostics);
}

} // namespace

int run_import(const Arguments& arguments) {
    if (!arguments.output.empty() && (arguments.operands.size() != 1 || arguments.check)) {
        throw Failure(ExitCode::usage, "import: --output takes one unit and excludes --check");
    }
    const Host host = read_host();
    int code = code_of(ExitCode::success);
    Loss worst = Loss::nothing;
    for (const std::string& word : arguments.operands) {
        const UnitSource source = read_unit(word, host);
        const ImportedUnit unit = import_unit(source);
        if (print_mistakes(unit, source)) {
            code = std::max(code, code_of(ExitCode::not_configured));
            continue;
        }
        if (arguments.check) {
            worst = std::max(worst, loss_of(unit.notes));
        }
        if (arguments.json) {
            print(json_of(unit, source));
        } else if (arguments.check) {
            print(verdict_of(unit, source));
        } else if (!arguments.output.empty()) {
            write_file(arguments.output, print_import(unit, source), host);
        } else {
            print(print_import(unit, source));
        }
    }
    return code != 0 ? code : code_of_loss(worst);
}

} // namespace amphid

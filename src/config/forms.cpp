// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/forms.h"

#include "base/text.h"

namespace amphid {

namespace {

constexpr std::string_view text = R"("type": "string")";
constexpr std::string_view command_line =
    R"({"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1})";

Form list_of_text(std::string_view sample) {
    return {R"("anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}])",
            std::string(sample)};
}

} // namespace

Form form_of(const bool&) {
    return {R"("type": "boolean")", "true"};
}
Form form_of(const unsigned&) {
    return {R"("type": "integer", "minimum": 0, "maximum": 4294967295)", "3"};
}
Form form_of(const std::string&) {
    return {std::string(text), "\"web\""};
}
Form form_of(const Path&) {
    return {R"("type": "string", "pattern": "^/")", "\"/srv/web\""};
}
Form form_of(const TimeSpan&) {
    return {R"("type": ["string", "number"], "minimum": 0)", "\"1min 30s\""};
}
Form form_of(const StartCommands&) {
    return {
        concat("\"anyOf\": [", command_line,
               R"(, {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}])"),
        R"(["/usr/bin/web", "--port", "8080"])"};
}
Form form_of(const Commands&) {
    return {concat(R"("anyOf": [{"type": "string"}, {"type": "array", "items": {"anyOf": [)",
                   command_line, "]}}]"),
            R"([["/usr/bin/web", "--test"], "/bin/true"])"};
}
Form form_of(const Signal&) {
    return {R"("type": ["string", "integer"])", "\"SIGTERM\""};
}
Form form_of(const ByteSize&) {
    return {R"("type": ["string", "integer"])", "\"8M\""};
}
Form form_of(const FileMode&) {
    return {R"("type": "string", "pattern": "^[0-7]{1,5}$")", "\"0022\""};
}
Form form_of(const Assignments&) {
    return {
        R"("anyOf": [{"type": ["string", "array"], "items": {"type": "string", "pattern": "="}}, )"
        R"({"type": "object", "additionalProperties": {"type": "string"}}])",
        R"(["PORT=8080"])"};
}
Form form_of(const Output&) {
    return {std::string(text), "\"append:/var/log/web.log\""};
}
Form form_of(const ExitStatusSet&) {
    return {R"("anyOf": [{"type": ["string", "integer"]}, )"
            R"({"type": "array", "items": {"type": ["string", "integer"]}}])",
            "[3, \"SIGKILL\"]"};
}
Form form_of(const Account&) {
    return {R"("type": ["string", "integer"])", "\"www-data\""};
}
Form form_of(const Names&) {
    return list_of_text("[\"audio\"]");
}
Form form_of(const CapabilitySet&) {
    return list_of_text("[\"CAP_NET_BIND_SERVICE\"]");
}
Form form_of(const SecureBits&) {
    return list_of_text("[\"noroot\"]");
}
Form form_of(const LimitSetting&) {
    return {R"("type": ["string", "number"])", "\"infinity\""};
}
Form form_of(const Number& number) {
    return {
        concat(R"("type": "integer", "minimum": )", number.least, ", \"maximum\": ", number.most),
        concat(number.least)};
}
Form form_of(const CpuSet&) {
    return {R"("anyOf": [{"type": ["string", "integer"]}, )"
            R"({"type": "array", "items": {"type": ["string", "integer"]}}])",
            "\"0-3\""};
}
Form form_of(const Nanoseconds&) {
    return {R"("type": ["string", "number"])", "\"50us\""};
}
Form form_of(const EnvironmentFiles&) {
    return list_of_text("[\"-/etc/default/web\"]");
}
Form form_of(const DirectoryNames&) {
    return list_of_text("[\"web\"]");
}
Form form_of(const WorkingDirectory&) {
    return {R"("type": "string", "pattern": "^-?[/~]")", "\"/srv/web\""};
}
Form form_of(const Input&) {
    return {std::string(text), "\"null\""};
}
Form form_of(const Endpoint&) {
    return {std::string(text), "\"tcp:8080\""};
}
Form form_of(const HttpCheck&) {
    return {std::string(text), "\"http://localhost:8080/\""};
}
Form form_of(const Pattern&) {
    return {std::string(text), "\"^ready\""};
}
Form form_of(const Command&) {
    return {concat("\"anyOf\": [", command_line, ']'), R"(["/usr/bin/web", "--test"])"};
}
Form form_of(const UnitNames&) {
    return list_of_text("[\"network-online.target\"]");
}
Form form_of(const Uris&) {
    return list_of_text("[\"man:web(8)\"]");
}

Form form_of(const ConditionList& list) {
    constexpr std::string_view one = R"("type": ["string", "integer", "boolean"])";
    const bool yes_or_no =
        list.kind == ConditionKind::ac_power || list.kind == ConditionKind::first_boot;
    return {concat("\"anyOf\": [{", one, R"(}, {"type": "array", "items": {)", one, "}}]"),
            is_about_path(list.kind) ? "\"/etc/web\""
            : yes_or_no              ? "true"
                                     : ""};
}

Form one_or_more(const Form& form) {
    return {concat("\"anyOf\": [{", form.json_schema, R"(}, {"type": "array", "items": {)",
                   form.json_schema, "}}]"),
            form.sample};
}

Form form_of_anything() {
    return {R"("type": ["string", "number", "boolean", "array", "object"])", ""};
}

Form form_of_words(std::span<const std::string_view> words) {
    std::string list;
    std::string_view sample;
    for (const std::string_view word : words) {
        list += concat(list.empty() ? "" : ", ", json_string(word));
        sample = sample.empty() ? word : sample;
    }
    return {concat("\"enum\": [", list, ']'), json_string(sample)};
}

} // namespace amphid

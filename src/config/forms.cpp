// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/forms.h"

#include "base/text.h"

namespace amphid {

namespace {

constexpr std::string_view text = R"("type": "string")";
constexpr std::string_view command_line =
    R"({"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1})";

Form list_of_text() {
    return R"("anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}])";
}

Form list_of_text_and_numbers() {
    return R"("anyOf": [{"type": ["string", "integer"]}, )"
           R"({"type": "array", "items": {"type": ["string", "integer"]}}])";
}

} // namespace

Form form_of(const bool&) {
    return R"("type": "boolean")";
}
Form form_of(const unsigned&) {
    return R"("type": "integer", "minimum": 0, "maximum": 4294967295)";
}
Form form_of(const std::string&) {
    return Form(text);
}
Form form_of(const Path&) {
    return R"("type": "string", "pattern": "^/")";
}
Form form_of(const TimeSpan&) {
    return R"("type": ["string", "number"], "minimum": 0)";
}
Form form_of(const StartCommands&) {
    return concat(
        "\"anyOf\": [", command_line,
        R"(, {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}])");
}
Form form_of(const Commands&) {
    return concat(R"("anyOf": [{"type": "string"}, {"type": "array", "items": {"anyOf": [)",
                  command_line, "]}}]");
}
Form form_of(const Signal&) {
    return R"("type": ["string", "integer"])";
}
Form form_of(const SignalRewrites&) {
    return R"("type": "object", "additionalProperties": {"type": ["string", "integer"]})";
}
Form form_of(const ByteSize&) {
    return R"("type": ["string", "integer"])";
}
Form form_of(const FileMode&) {
    return R"("type": "string", "pattern": "^[0-7]{1,5}$")";
}
Form form_of(const Assignments&) {
    return R"("anyOf": [{"type": ["string", "array"], "items": {"type": "string", "pattern": "="}}, )"
           R"({"type": "object", "additionalProperties": {"type": "string"}}])";
}
Form form_of(const Output&) {
    return Form(text);
}
Form form_of(const ExitStatusSet&) {
    return list_of_text_and_numbers();
}
Form form_of(const Account&) {
    return R"("type": ["string", "integer"])";
}
Form form_of(const Names&) {
    return list_of_text();
}
Form form_of(const CapabilitySet&) {
    return list_of_text();
}
Form form_of(const SecureBits&) {
    return list_of_text();
}
Form form_of(const LimitSetting&) {
    return R"("type": ["string", "number"])";
}
Form form_of(const Number& number) {
    return concat(R"("type": "integer", "minimum": )", number.least,
                  ", \"maximum\": ", number.most);
}
Form form_of(const CpuSet&) {
    return list_of_text_and_numbers();
}
Form form_of(const Nanoseconds&) {
    return R"("type": ["string", "number"])";
}
Form form_of(const EnvironmentFiles&) {
    return list_of_text();
}
Form form_of(const DirectoryNames&) {
    return list_of_text();
}
Form form_of(const SystemCalls&) {
    return list_of_text();
}
Form form_of(const AddressFamilies&) {
    return list_of_text();
}
Form form_of(const NamespaceKinds&) {
    return R"("type": ["boolean", "string", "array"], "items": {"type": "string"})";
}
Form form_of(const ArchitectureNames&) {
    return list_of_text();
}
Form form_of(const CallError&) {
    return R"("type": ["string", "integer"])";
}
Form form_of(const WorkingDirectory&) {
    return R"("type": "string", "pattern": "^-?[/~]")";
}
Form form_of(const Input&) {
    return Form(text);
}
Form form_of(const Endpoint&) {
    return Form(text);
}
Form form_of(const HttpCheck&) {
    return Form(text);
}
Form form_of(const Pattern&) {
    return Form(text);
}
Form form_of(const Command&) {
    return concat("\"anyOf\": [", command_line, ']');
}
Form form_of(const UnitNames&) {
    return list_of_text();
}
Form form_of(const Uris&) {
    return list_of_text();
}
Form form_of(const ConditionList&) {
    constexpr std::string_view one = R"("type": ["string", "integer", "boolean"])";
    return concat("\"anyOf\": [{", one, R"(}, {"type": "array", "items": {)", one, "}}]");
}

Form form_of(const SocketAddress&) {
    return R"("type": ["string", "integer"])";
}
Form form_of(const TypeOfService&) {
    return R"("type": ["string", "integer"])";
}

Form one_or_more(const Form& form) {
    return concat("\"anyOf\": [{", form, R"(}, {"type": "array", "items": {)", form, "}}]");
}

Form form_of_anything() {
    return R"("type": ["string", "number", "boolean", "array", "object"])";
}

Form form_of_names(std::span<const std::string_view> words) {
    std::string list;
    for (const std::string_view word : words) {
        list += concat(list.empty() ? "" : ", ", json_string(word));
    }
    return concat("\"enum\": [", list, ']');
}

} // namespace amphid

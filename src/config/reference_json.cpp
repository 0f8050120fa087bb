// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "config/reference.h"
#include "config/rows.h"
#include "config/systemd_table.h"

namespace amphid {

namespace {

constexpr std::string_view directives_schema =
    R"json({"type": "object", "additionalProperties": {"anyOf": [
        {"type": ["string", "integer", "boolean"]},
        {"type": "array", "items": {"type": ["string", "integer", "boolean"]}}]}})json";

std::string property(const KeyRow& row) {
    const std::string by_default = row.value.empty() ? "" : concat(" Default: ", row.value, '.');
    return concat("        ", json_string(row.name),
                  ": {\"description\": ", json_string(concat(row.sentence, by_default)), ", ",
                  row.json_schema, '}');
}

} // namespace

std::string reference_json_schema() {
    std::string out = R"json({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "title": "amphid.toml",
  "description": "A service for amphid, see amphid.toml(5).",
  "type": "object",
  "additionalProperties": false,
  "required": ["service"],
  "properties": {
)json";
    for (const TableRows& table : rows_of_schema()) {
        std::string properties;
        for (const KeyRow& row : table.keys) {
            properties += concat(properties.empty() ? "" : ",\n", property(row));
        }
        out += concat("    ", json_string(table.name), ": {\n",
                      table.is_repeated ? "      \"type\": \"array\",\n      \"items\": {\n" : "",
                      "      \"type\": \"object\",\n      \"additionalProperties\": false,\n",
                      table.name == "service" ? "      \"required\": [\"exec-start\"],\n" : "",
                      "      \"properties\": {\n", properties, "\n      }\n",
                      table.is_repeated ? "      }\n" : "", "    },\n");
    }
    std::string sections;
    for (const SystemdSection& section : systemd_sections) {
        sections += concat(sections.empty() ? "" : ",\n", "        ", json_string(section.name),
                           ": ", directives_schema);
    }
    return concat(out, "    ", json_string(systemd_table),
                  ": {\n      \"description\": ", json_string(systemd_tables_sentence),
                  ",\n      \"type\": \"object\",\n      \"additionalProperties\": false,\n"
                  "      \"properties\": {\n",
                  sections, "\n      }\n    }\n  }\n}\n");
}

} // namespace amphid

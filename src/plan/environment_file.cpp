// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "plan/exec_syntax.h"

namespace amphid {

namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Character by character like systemd's parser, with a function for each state.
class EnvironmentReader {
public:
    EnvironmentText read(std::string_view text) {
        for (const char c : text) {
            if (c == '\0') {
                begin_ = line_;
                say(Diagnostic::Severity::error, "the file contains a NUL character");
                return std::move(out_);
            }
            (this->*state_)(c);
            line_ += c == '\n' ? 1 : 0;
        }
        using Self = EnvironmentReader;
        const bool in_value = state_ != &Self::before_key && state_ != &Self::in_key &&
                              state_ != &Self::in_comment && state_ != &Self::after_comments_escape;
        if (in_value) {
            push();
        } else if (state_ == &Self::in_key) {
            no_assignment();
        }
        return std::move(out_);
    }

private:
    using State = void (EnvironmentReader::*)(char);

    void push() {
        const auto end = key_.find_last_not_of(" \t\r");
        key_.erase(end == std::string::npos ? 0 : end + 1);
        // Blanks in quotes and after a backslash are kept.
        while (value_.size() > kept_ && is_blank(value_.back())) {
            value_.pop_back();
        }
        if (!is_utf8(key_) || !is_utf8(value_)) {
            say(Diagnostic::Severity::error, "the assignment is not UTF-8");
        } else if (!is_variable_name(key_)) {
            say(Diagnostic::Severity::warning,
                concat("ignored: '", key_, "' is not the name of a variable"));
        } else {
            set_variable(out_.variables, key_, value_);
        }
        key_.clear();
        value_.clear();
        kept_ = 0;
        state_ = &EnvironmentReader::before_key;
    }

    void say(Diagnostic::Severity severity, std::string message) {
        out_.diagnostics.push_back({severity, {begin_, 1}, std::move(message)});
    }

    void no_assignment() {
        say(Diagnostic::Severity::warning, "ignored: not an assignment NAME=value");
    }

    void keep(char c) {
        value_ += c;
        kept_ = value_.size();
    }

    void before_key(char c) {
        if (c == '#' || c == ';') {
            state_ = &EnvironmentReader::in_comment;
        } else if (!is_blank(c)) {
            key_ = c;
            begin_ = line_;
            state_ = &EnvironmentReader::in_key;
        }
    }

    void in_key(char c) {
        if (c == '=') {
            state_ = &EnvironmentReader::before_value;
        } else if (c == '\n') {
            no_assignment();
            state_ = &EnvironmentReader::before_key;
        } else {
            key_ += c;
        }
    }

    void before_value(char c) {
        if (c == '\n') {
            push();
        } else if (c == '\'') {
            state_ = &EnvironmentReader::in_single_quotes;
        } else if (c == '"') {
            state_ = &EnvironmentReader::in_double_quotes;
        } else if (c == '\\') {
            state_ = &EnvironmentReader::after_escape;
        } else if (!is_blank(c)) {
            value_ += c;
            state_ = &EnvironmentReader::in_value;
        }
    }

    void in_value(char c) {
        if (c == '\n') {
            push();
        } else if (c == '\\') {
            state_ = &EnvironmentReader::after_escape;
        } else {
            value_ += c;
        }
    }

    void after_escape(char c) {
        state_ = &EnvironmentReader::in_value;
        if (c != '\n') {
            keep(c);
        }
    }

    void in_single_quotes(char c) {
        if (c == '\'') {
            state_ = &EnvironmentReader::before_value;
        } else {
            keep(c);
        }
    }

    void in_double_quotes(char c) {
        if (c == '"') {
            state_ = &EnvironmentReader::before_value;
        } else if (c == '\\') {
            state_ = &EnvironmentReader::after_quoted_escape;
        } else {
            keep(c);
        }
    }

    void after_quoted_escape(char c) {
        constexpr std::string_view escapable = "\"\\`$";
        state_ = &EnvironmentReader::in_double_quotes;
        if (escapable.find(c) == std::string_view::npos && c != '\n') {
            keep('\\');
        }
        if (c != '\n') {
            keep(c);
        }
    }

    void in_comment(char c) {
        if (c == '\n') {
            state_ = &EnvironmentReader::before_key;
        } else if (c == '\\') {
            state_ = &EnvironmentReader::after_comments_escape;
        }
    }

    void after_comments_escape(char) { state_ = &EnvironmentReader::in_comment; }

    State state_ = &EnvironmentReader::before_key;
    std::string key_;
    std::string value_;
    std::size_t kept_ = 0; // this much of the value is not trimmed
    int line_ = 1;
    int begin_ = 1; // the line of the assignment
    EnvironmentText out_;
};

} // namespace

EnvironmentText parse_environment_file(std::string_view text) {
    return EnvironmentReader().read(text);
}

} // namespace amphid

// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/bus_name.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace amphid {

namespace {

constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_message = std::size_t{64} << 10U; // those that we ask for are short

enum class Kind : unsigned char { call = 1, reply = 2, error = 3, signal = 4 };
enum class Field : unsigned char {
    path = 1,
    interface = 2,
    member = 3,
    reply_serial = 5,
    destination = 6,
    signature = 8,
};
// The serials of our calls.
constexpr std::uint32_t hello = 1;
constexpr std::uint32_t add_match = 2;
constexpr std::uint32_t get_owner = 3;

/// Builds a message in little-endian order, whatever the machine's.
class Writer {
public:
    void byte(unsigned value) { out_ += static_cast<char>(value); }
    void align(std::size_t to) { out_.resize((out_.size() + to - 1) / to * to, '\0'); }
    void number(std::uint32_t value) {
        align(4);
        for (unsigned shift = 0; shift < 32; shift += 8) {
            byte((value >> shift) & 0xffU);
        }
    }
    void text(std::string_view value) {
        number(static_cast<std::uint32_t>(value.size()));
        out_.append(value) += '\0';
    }
    void field(Field which, char type, std::string_view value) {
        align(8);
        byte(static_cast<unsigned>(which));
        byte(1);
        byte(static_cast<unsigned char>(type));
        byte(0);
        if (type == 'g') {
            byte(static_cast<unsigned>(value.size()));
            out_.append(value) += '\0';
        } else {
            text(value);
        }
    }
    const std::string& bytes() const { return out_; }

private:
    std::string out_;
};

/// A method of org.freedesktop.DBus with at most one argument, a string.
std::string call(std::uint32_t serial, std::string_view method, std::string_view argument) {
    constexpr std::string_view bus = "org.freedesktop.DBus";
    Writer body;
    if (!argument.empty()) {
        body.text(argument);
    }
    Writer fields;
    fields.field(Field::path, 'o', "/org/freedesktop/DBus");
    fields.field(Field::interface, 's', bus);
    fields.field(Field::member, 's', method);
    fields.field(Field::destination, 's', bus);
    if (!argument.empty()) {
        fields.field(Field::signature, 'g', "s");
    }
    Writer out;
    for (const char c : {'l', '\1', '\0', '\1'}) { // order, method call, no flags, version
        out.byte(static_cast<unsigned char>(c));
    }
    out.number(static_cast<std::uint32_t>(body.bytes().size()));
    out.number(serial);
    out.number(static_cast<std::uint32_t>(fields.bytes().size()));
    std::string head = out.bytes() + fields.bytes();
    head.resize((head.size() + 7) / 8 * 8, '\0');
    return head + body.bytes();
}

/// Reads what a message holds; `good` turns false where it ends too early.
struct Reader {
    std::string_view bytes;
    bool big = false;
    std::size_t at = 0;
    bool good = true;

    void align(std::size_t to) { at = (at + to - 1) / to * to; }
    unsigned byte() {
        good = good && at < bytes.size();
        return good ? static_cast<unsigned char>(bytes[at++]) : 0;
    }
    std::uint32_t number() {
        align(4);
        std::array<std::uint32_t, 4> b{};
        for (auto& each : b) {
            each = byte();
        }
        return big ? b[0] << 24U | b[1] << 16U | b[2] << 8U | b[3]
                   : b[3] << 24U | b[2] << 16U | b[1] << 8U | b[0];
    }
    std::string_view text(std::size_t size) {
        good = good && size < bytes.size() && at + size < bytes.size();
        const std::string_view out = good ? bytes.substr(at, size) : std::string_view();
        at += size + 1; // and its NUL
        return out;
    }
    std::string_view string() { return text(number()); }
};

struct Message {
    Kind kind{};
    std::uint32_t answers = 0;
    std::string_view member;
    std::vector<std::string_view> arguments; // strings only
};

void read_fields(Reader& reader, std::size_t end, Message& out, std::string_view& signature) {
    while (reader.good && reader.at < end) {
        reader.align(8);
        const auto field = static_cast<Field>(reader.byte());
        const std::string_view type = reader.text(reader.byte());
        if (type == "u") {
            const std::uint32_t value = reader.number();
            out.answers = field == Field::reply_serial ? value : out.answers;
        } else if (type == "g") {
            const std::string_view value = reader.text(reader.byte());
            signature = field == Field::signature ? value : signature;
        } else if (type == "s" || type == "o") {
            const std::string_view value = reader.string();
            out.member = field == Field::member ? value : out.member;
        } else {
            reader.good = false; // no field of the specification has another type
        }
    }
}

/// The length of a message by its first 16 bytes.
std::size_t length_of(Reader reader) {
    reader.at = 4;
    const std::size_t body = reader.number();
    reader.number();
    const std::size_t fields = reader.number();
    return 16 + (fields + 7) / 8 * 8 + body;
}

std::optional<Message> read_message(Reader reader) {
    Message out;
    reader.at = 1;
    out.kind = static_cast<Kind>(reader.byte());
    reader.at = 12;
    const std::size_t fields = reader.number();
    std::string_view signature;
    read_fields(reader, 16 + fields, out, signature);
    reader.align(8);
    for (const char type : signature) {
        if (type != 's' || !reader.good) {
            break; // nothing of what we asked for has more than strings
        }
        out.arguments.push_back(reader.string());
    }
    return reader.good ? std::optional(out) : std::nullopt;
}

std::string hex(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : text) {
        const auto value = static_cast<unsigned char>(c);
        out += digits[value >> 4U];
        out += digits[value & 15U];
    }
    return out;
}

int digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/// "%20" as " ".
std::string unescaped(std::string_view value) {
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const bool escape = value[i] == '%' && i + 2 < value.size() && digit(value[i + 1]) >= 0 &&
                            digit(value[i + 2]) >= 0;
        out +=
            escape ? static_cast<char>(digit(value[i + 1]) * 16 + digit(value[i + 2])) : value[i];
        i += escape ? 2 : 0;
    }
    return out;
}

bool is_element(std::string_view element) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    };
    return !element.empty() && !(element.front() >= '0' && element.front() <= '9') &&
           std::all_of(element.begin(), element.end(), fits);
}

} // namespace

bool is_bus_name(std::string_view name) {
    const auto elements = split(name, '.');
    return name.size() <= longest_name && name.find('.') != std::string_view::npos &&
           std::all_of(elements.begin(), elements.end(), is_element);
}

std::vector<std::string> bus_sockets(std::string_view address) {
    constexpr std::string_view transport = "unix:";
    std::vector<std::string> out;
    for (const std::string_view one : split(address, ';')) {
        if (!one.starts_with(transport)) {
            continue;
        }
        for (const std::string_view pair : split(one.substr(transport.size()), ',')) {
            const auto equals = pair.find('=');
            const std::string_view key = pair.substr(0, equals);
            const std::string_view value =
                equals == std::string_view::npos ? "" : pair.substr(equals + 1);
            if (!value.empty() && (key == "path" || key == "abstract")) {
                out.push_back(concat(key == "abstract" ? "@" : "", unescaped(value)));
            }
        }
    }
    return out;
}

std::string BusNameTalk::words() const {
    const std::string match =
        concat("type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
               "member='NameOwnerChanged',arg0='",
               name_, '\'');
    std::string out(1, '\0');
    return out + concat("AUTH EXTERNAL ", hex(concat(uid_)), "\r\nBEGIN\r\n") +
           call(hello, "Hello", "") + call(add_match, "AddMatch", match) +
           call(get_owner, "GetNameOwner", name_);
}

bool BusNameTalk::fail(std::string why) {
    why_ = std::move(why);
    return false;
}

/// The one line before the messages.
bool BusNameTalk::take_line() {
    const auto end = input_.find("\r\n");
    if (end == std::string::npos) {
        return input_.size() < longest_message || fail("it does not speak D-Bus");
    }
    if (!input_.starts_with("OK ")) {
        return fail("the bus refuses us");
    }
    input_.erase(0, end + 2);
    is_known_ = true;
    return true;
}

bool BusNameTalk::take_message() {
    const Reader reader{input_, input_.front() == 'B'};
    const std::size_t size = length_of(reader);
    if (size > longest_message) {
        return fail("a message of the bus is too long");
    }
    if (input_.size() < size) {
        return true;
    }
    const auto message = read_message({std::string_view(input_).substr(0, size), reader.big});
    if (!message) {
        return fail("a message of the bus cannot be read");
    }
    const bool answer = message->kind == Kind::reply || message->kind == Kind::error;
    const bool change = message->kind == Kind::signal && message->member == "NameOwnerChanged" &&
                        message->arguments.size() == 3 && message->arguments[0] == name_;
    if (answer && message->answers == get_owner) {
        owned_ = message->kind == Kind::reply;
    } else if (message->kind == Kind::error) {
        return fail("the bus refuses to be asked");
    } else if (change) {
        owned_ = !message->arguments[2].empty();
    }
    input_.erase(0, size);
    return true;
}

bool BusNameTalk::take(std::string_view bytes) {
    input_ += bytes;
    constexpr std::size_t head = 16;
    for (;;) {
        const std::size_t before = input_.size();
        if (is_known_ && before < head) {
            return true;
        }
        if (!(is_known_ ? take_message() : take_line())) {
            return false;
        }
        if (input_.size() == before) {
            return true; // the rest is to come
        }
    }
}

} // namespace amphid

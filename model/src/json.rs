//! Reads the JSON of stored records. `serde_json` wrote them, so whatever is not needed is passed over unchecked, and
//! texts are borrowed from the record. It reads every type that `serde_json` reads, `RawValue` included.
//!
//! It is here because pages are read more often than anything else and reading is half of drawing one: strings are
//! looked through sixteen bytes at a time, where `serde_json` takes four in Wasm.

use crate::scan::{find, u8x16};
use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{self, DeserializeSeed, Visitor};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};
use std::borrow::Cow;
use std::fmt;

/// Lists and objects nested deeper than this are refused, before they exhaust the stack.
const MAX_DEPTH: u8 = 100;

/// The name under which `RawValue` asks a deserializer for the text of a value.
const RAW: &str = "$serde_json::private::RawValue";

/// Boxed, so that the results of the many small steps of reading fit into registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Place>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    message: String,
    /// Byte of the text at which reading ended.
    at: usize,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.0.message, self.0.at)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(Box::new(Place { message: message.to_string(), at: usize::MAX }))
    }
}

/// Reads a text that is one JSON value.
pub fn from_str<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Error> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = T::deserialize(&mut reader).and_then(|value| match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.error("expected the end")),
    });
    value.map_err(|mut e| {
        e.0.at = e.0.at.min(reader.at);
        e
    })
}

enum Number {
    Positive(u64),
    Negative(i64),
    Float(f64),
}

impl Number {
    fn visit<'a, V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Positive(number) => visitor.visit_u64(number),
            Self::Negative(number) => visitor.visit_i64(number),
            Self::Float(number) => visitor.visit_f64(number),
        }
    }
}

fn quotes(block: u8x16) -> u8x16 {
    block.simd_eq(u8x16::splat(b'"'))
}

fn backslashes(block: u8x16) -> u8x16 {
    block.simd_eq(u8x16::splat(b'\\'))
}

/// `[` and `{` differ in one bit.
fn opening(block: u8x16) -> u8x16 {
    (block | u8x16::splat(0x20)).simd_eq(u8x16::splat(b'{'))
}

fn closing(block: u8x16) -> u8x16 {
    (block | u8x16::splat(0x20)).simd_eq(u8x16::splat(b'}'))
}

/// What sixteen bytes that begin outside of a string say about nesting, one bit a byte.
#[derive(Default)]
struct Marks {
    /// A backslash: where strings end is not to be seen here.
    unclear: bool,
    /// Brackets outside of strings.
    opening: u32,
    closing: u32,
    /// Bytes that this is about, up to a string that goes on behind the block.
    length: usize,
    string: bool,
}

impl Marks {
    fn of(block: u8x16) -> Self {
        let quotes = quotes(block).to_bitmask();
        let string = quotes.count_ones() % 2 == 1;
        let length = if string { quotes.ilog2() } else { 16 };
        let before = !(u32::MAX << length);
        // Each bit becomes the number of quotation marks at or before it, odd or even.
        let inside = [1, 2, 4, 8].iter().fold(quotes & before, |inside, by| inside ^ (inside << by));
        let outside = before & !inside;
        Self {
            unclear: backslashes(block).to_bitmask() != 0,
            opening: opening(block).to_bitmask() & outside,
            closing: closing(block).to_bitmask() & outside,
            length: length as usize,
            string,
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u8,
}

impl<'a> Reader<'a> {
    #[cold]
    fn error(&self, message: &str) -> Error {
        Error(Box::new(Place { message: message.to_owned(), at: self.at }))
    }

    /// The next byte that is no white space.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !matches!(byte, b' ' | b'\n' | b'\t' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Result<(), Error> {
        if self.peek() != Some(byte) {
            return Err(self.error(&format!("expected `{}`", char::from(byte))));
        }
        self.at += 1;
        Ok(())
    }

    fn word<T>(&mut self, word: &str, value: T) -> Result<T, Error> {
        match self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            true => {
                self.at += word.len();
                Ok(value)
            }
            false => Err(self.error("expected a value")),
        }
    }

    fn slice(&self, from: usize, to: usize) -> Result<&'a str, Error> {
        self.text.get(from..to).ok_or_else(|| self.error("not on a character's border"))
    }

    /// Where a string's next quotation mark or backslash is.
    #[inline(always)]
    fn stop(&self, from: usize) -> Result<(usize, u8), Error> {
        let stop = |block: u8x16| quotes(block) | backslashes(block);
        let bytes = self.text.as_bytes();
        find(bytes, from, stop)
            .and_then(|at| Some((at, *bytes.get(at)?)))
            .ok_or_else(|| self.error("a string without an end"))
    }

    /// The string that begins here.
    #[inline(never)]
    fn string(&mut self) -> Result<Cow<'a, str>, Error> {
        let from = self.at + 1;
        let (at, byte) = self.stop(from)?;
        if byte == b'"' {
            self.at = at + 1;
            return self.slice(from, at).map(Cow::Borrowed);
        }
        self.escaped(from, at, byte).map(Cow::Owned)
    }

    /// A string with escapes, of which the first stands at `at`.
    fn escaped(&mut self, from: usize, at: usize, byte: u8) -> Result<String, Error> {
        let mut text = String::with_capacity(2 * (at - from) + 64);
        let (mut from, mut at, mut byte) = (from, at, byte);
        loop {
            text.push_str(self.slice(from, at)?);
            self.at = at + 1;
            match byte {
                b'"' => return Ok(text),
                _ => text.push(self.escape()?),
            }
            from = self.at;
            (at, byte) = self.stop(from)?;
        }
    }

    /// The character behind a backslash.
    fn escape(&mut self) -> Result<char, Error> {
        let byte = self.text.as_bytes().get(self.at).copied();
        self.at += 1;
        Ok(match byte {
            Some(b'n') => '\n',
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'u') => self.code_point()?,
            _ => return Err(self.error("an escape that JSON does not have")),
        })
    }

    fn code_unit(&mut self) -> Result<u32, Error> {
        let digits = self.text.get(self.at..self.at + 4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += 4;
        unit.ok_or_else(|| self.error("an escape without four digits"))
    }

    /// The character of `\uXXXX`, or of two of them that are a surrogate pair.
    fn code_point(&mut self) -> Result<char, Error> {
        let first = self.code_unit()?;
        let code = match first {
            0xd800..0xdc00 => {
                self.word("\\u", ())?;
                match self.code_unit()? {
                    second @ 0xdc00..0xe000 => 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00),
                    _ => return Err(self.error("half a surrogate pair")),
                }
            }
            _ => first,
        };
        char::from_u32(code).ok_or_else(|| self.error("half a surrogate pair"))
    }

    #[inline(never)]
    fn number(&mut self) -> Result<Number, Error> {
        let bytes = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let is_part = |b: &u8| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E');
        let length = bytes.iter().position(|b| !is_part(b)).unwrap_or(bytes.len());
        let text = self.slice(self.at, self.at + length)?;
        if text.is_empty() {
            return Err(self.error("expected a value"));
        }
        self.at += length;
        if let Ok(number) = text.parse::<u64>() {
            Ok(Number::Positive(number))
        } else if let Ok(number) = text.parse::<i64>() {
            Ok(Number::Negative(number))
        } else {
            match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(Number::Float(number)),
                _ => Err(self.error("not a number")),
            }
        }
    }

    /// What is said where a value is of another type than wanted.
    #[cold]
    fn unexpected(&mut self, wanted: &dyn de::Expected) -> Error {
        let found = match self.peek() {
            None => return self.error("expected a value"),
            Some(b'"') => de::Unexpected::Other("a text"),
            Some(b'{') => de::Unexpected::Other("an object"),
            Some(b'[') => de::Unexpected::Other("a list"),
            Some(b't' | b'f') => de::Unexpected::Other("a boolean"),
            Some(b'n') => de::Unexpected::Other("null"),
            Some(b'-' | b'0'..=b'9') => de::Unexpected::Other("a number"),
            Some(_) => return self.error("expected a value"),
        };
        de::Error::invalid_type(found, wanted)
    }

    /// Passes over a value without looking into it.
    #[inline]
    fn skip(&mut self) -> Result<(), Error> {
        match self.peek() {
            Some(b'"') => self.skip_string(),
            Some(b'{' | b'[') => self.skip_nested(),
            Some(_) => {
                let end = |b: &u8| matches!(b, b',' | b']' | b'}' | b' ' | b'\n' | b'\t' | b'\r');
                let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
                let length = rest.iter().position(end).unwrap_or(rest.len());
                self.at += length;
                if length == 0 { Err(self.error("expected a value")) } else { Ok(()) }
            }
            None => Err(self.error("expected a value")),
        }
    }

    fn skip_string(&mut self) -> Result<(), Error> {
        self.at += 1;
        loop {
            let (at, byte) = self.stop(self.at)?;
            self.at = at + 1;
            match byte {
                b'"' => return Ok(()),
                _ => self.at += 1,
            }
        }
    }

    fn skip_nested(&mut self) -> Result<(), Error> {
        let bytes = self.text.as_bytes();
        let mut open = 0_usize;
        loop {
            // No string is open here. The marks of a block that stand in none are looked at one by one.
            let block =
                bytes.get(self.at..).and_then(|rest| rest.first_chunk::<16>()).map(|b| u8x16::new(*b));
            let marks = block.map_or(Marks { unclear: true, ..Marks::default() }, Marks::of);
            if marks.unclear {
                if self.skip_mark(&mut open)? {
                    return Ok(());
                }
                continue;
            }
            let mut rest = marks.opening | marks.closing;
            while rest != 0 {
                let mark = rest & rest.wrapping_neg();
                open = if marks.opening & mark != 0 { open + 1 } else { open.saturating_sub(1) };
                if open == 0 {
                    self.at += mark.trailing_zeros() as usize + 1;
                    return Ok(());
                }
                rest ^= mark;
            }
            self.at += marks.length;
            if marks.string {
                self.skip_string()?;
            }
        }
    }

    /// Passes over what lies before the next bracket and over that, or over the next string; true at the last bracket.
    fn skip_mark(&mut self, open: &mut usize) -> Result<bool, Error> {
        let bytes = self.text.as_bytes();
        let mark = |block: u8x16| quotes(block) | opening(block) | closing(block);
        self.at = find(bytes, self.at, mark).ok_or_else(|| self.error("a list or object without an end"))?;
        match bytes.get(self.at) {
            Some(b'"') => return self.skip_string().map(|()| false),
            Some(b'{' | b'[') => *open += 1,
            _ => *open = open.saturating_sub(1),
        }
        self.at += 1;
        Ok(*open == 0)
    }

    fn open(&mut self) -> Result<(), Error> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error("nested too deeply"));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    fn close(&mut self, close: u8) -> Result<(), Error> {
        self.depth -= 1;
        self.expect(close)
    }

    fn list<V: Visitor<'a>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        self.open()?;
        let value = visitor.visit_seq(Items { reader: self, first: true, close: b']' })?;
        self.close(b']').map(|()| value)
    }

    fn object<V: Visitor<'a>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        self.open()?;
        let value = visitor.visit_map(Items { reader: self, first: true, close: b'}' })?;
        self.close(b'}').map(|()| value)
    }

    /// Goes to the next item of a list or object; false at its end.
    fn next(&mut self, first: &mut bool, close: u8) -> Result<bool, Error> {
        match self.peek() {
            Some(byte) if byte == close => Ok(false),
            Some(b',') if !*first => {
                self.at += 1;
                Ok(true)
            }
            Some(_) if *first => {
                *first = false;
                Ok(true)
            }
            _ => Err(self.error("expected `,` or the end of the list or object")),
        }
    }
}

/// Numbers of all sizes are read alike: who takes one checks its range.
macro_rules! numbers {
    ($($name:ident)*) => {$(
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.deserialize_u64(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.peek() {
            Some(b'"') => self.deserialize_str(visitor),
            Some(b'{') => self.object(visitor),
            Some(b'[') => self.list(visitor),
            Some(b't' | b'f') => self.deserialize_bool(visitor),
            Some(b'n') => self.deserialize_unit(visitor),
            _ => self.number()?.visit(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.peek() {
            Some(b't') => self.word("true", true).and_then(|yes| visitor.visit_bool(yes)),
            Some(b'f') => self.word("false", false).and_then(|no| visitor.visit_bool(no)),
            _ => Err(self.unexpected(&visitor)),
        }
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.peek() {
            Some(b'-' | b'0'..=b'9') => self.number()?.visit(visitor),
            _ => Err(self.unexpected(&visitor)),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.peek() {
            Some(b'n') => self.word("null", ()).and_then(|()| visitor.visit_unit()),
            _ => Err(self.unexpected(&visitor)),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.peek() {
            Some(b'[') => self.list(visitor),
            _ => Err(self.unexpected(&visitor)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.peek() {
            Some(b'{') => self.object(visitor),
            _ => Err(self.unexpected(&visitor)),
        }
    }

    /// A struct is an object, or a list of its fields in their order, as the content store answers.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.peek() {
            Some(b'{') => self.object(visitor),
            Some(b'[') => self.list(visitor),
            _ => Err(self.unexpected(&visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected(&visitor));
        }
        match self.string()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    #[inline]
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.peek() {
            Some(b'n') => self.word("null", ()).and_then(|()| visitor.visit_none()),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name != RAW {
            return visitor.visit_newtype_struct(self);
        }
        self.peek();
        let from = self.at;
        self.skip()?;
        visitor.visit_map(Raw(Some(self.slice(from, self.at)?)))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.peek() {
            Some(b'"') => {
                let name = self.string()?;
                visitor.visit_enum(de::IntoDeserializer::into_deserializer(&*name))
            }
            Some(b'{') => {
                self.open()?;
                let items = Items { reader: self, first: true, close: b'}' };
                let value = visitor.visit_enum(de::value::MapAccessDeserializer::new(items))?;
                self.close(b'}').map(|()| value)
            }
            _ => Err(self.unexpected(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.skip()?;
        visitor.visit_unit()
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_f32 deserialize_f64
    }

    forward_to_deserialize_any! { i128 u128 char bytes byte_buf unit_struct tuple_struct }
}

/// The items of a list or object.
struct Items<'r, 'a> {
    reader: &'r mut Reader<'a>,
    first: bool,
    close: u8,
}

impl<'a> de::SeqAccess<'a> for Items<'_, 'a> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        match self.reader.next(&mut self.first, self.close)? {
            true => seed.deserialize(&mut *self.reader).map(Some),
            false => Ok(None),
        }
    }
}

impl<'a> de::MapAccess<'a> for Items<'_, 'a> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        if !self.reader.next(&mut self.first, self.close)? {
            return Ok(None);
        }
        if self.reader.peek() != Some(b'"') {
            return Err(self.reader.error("expected a name in quotation marks"));
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Error> {
        self.reader.expect(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

/// The text of a value in the form in which `RawValue` takes it: an object of one member.
struct Raw<'a>(Option<&'a str>);

impl<'a> de::MapAccess<'a> for Raw<'a> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.0.map(|_| seed.deserialize(StrDeserializer::new(RAW))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(BorrowedStrDeserializer::new(self.0.take().unwrap_or("null")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::value::RawValue;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Card<'a> {
        #[serde(borrow)]
        title: Cow<'a, str>,
        #[serde(borrow, default)]
        link: Option<Cow<'a, str>>,
        #[serde(default)]
        size: Option<u32>,
        #[serde(default)]
        kind: Kind,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        #[default]
        Plain,
        Wide(u8),
    }

    #[test]
    fn texts_without_escapes_are_borrowed() {
        let card: Card = from_str(
            r#" { "title" : "a<b é" , "more": [1, {"x": "}"}, null], "link": "\n\"\u00e9\ud83d\ude00" } "#,
        )
        .unwrap();
        assert!(matches!(card.title, Cow::Borrowed("a<b é")));
        assert_eq!(card.link.as_deref(), Some("\n\"é😀"));
        assert_eq!(from_str::<Card>(r#"{"title":"","kind":{"wide":3}}"#).unwrap().kind, Kind::Wide(3));
        assert_eq!(from_str::<Card>(r#"{"title":"","kind":"plain"}"#).unwrap().kind, Kind::Plain);
    }

    #[test]
    fn a_raw_value_is_the_text_itself() {
        let map: BTreeMap<String, &RawValue> =
            from_str(r#"{"a": {"b": ["]", "\\\"}"]} , "c":-1.5e3,"d":"x","e":null}"#).unwrap();
        let texts: Vec<_> = map.values().map(|raw| raw.get()).collect();
        assert_eq!(texts, [r#"{"b": ["]", "\\\"}"]}"#, "-1.5e3", r#""x""#, "null"]);
        assert_eq!(from_str::<Box<RawValue>>(" [1] ").unwrap().get(), "[1]");
    }

    #[test]
    fn it_reads_what_serde_json_writes() {
        let texts = ["", "plain", "\"\\/\u{8}\u{c}\n\r\t\u{1}\u{7f}", "é😀\u{2028}", &"long ".repeat(50)];
        let numbers = json!([0, -1, 1.5, -0.0, 1e300, u64::MAX, i64::MIN, 9_007_199_254_740_993_u64]);
        let value =
            json!({"texts": texts, "numbers": numbers, "": {}, "deep": [[[]], {"a": [true, false, null]}]});
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            assert_eq!(from_str::<Value>(&text).unwrap(), value);
            assert_eq!(from_str::<&RawValue>(&text).unwrap().get(), text);
        }
    }

    #[test]
    fn every_part_of_a_text_is_an_error_and_no_panic() {
        let value = json!({"title": "a\"é😀\n", "link": null, "size": 12, "more": [1.5, "\u{1}", {"x": []}]});
        let text = value.to_string();
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            assert!(from_str::<Value>(&text[..end]).is_err(), "{}", &text[..end]);
            assert!(from_str::<Card>(&text[..end]).is_err(), "{}", &text[..end]);
            for other in ["\"", "\\", "{", "]", "é", "\u{0}"] {
                let changed = format!("{}{other}{}", &text[..end], &text[end..]);
                let _either = from_str::<Value>(&changed);
                let _either = from_str::<Card>(&changed);
            }
        }
    }

    #[test]
    fn what_is_no_json_is_named_with_its_place() {
        for (text, error) in [
            ("", "expected a value at byte 0"),
            ("[1,]", "expected a value at byte 3"),
            ("[1 2]", "expected `,` or the end of the list or object at byte 3"),
            ("{1:2}", "expected a name in quotation marks at byte 1"),
            ("{\"a\" 1}", "expected `:` at byte 5"),
            ("\"a", "a string without an end at byte 0"),
            ("\"\\x\"", "an escape that JSON does not have at byte 3"),
            ("\"\\u00g0\"", "an escape without four digits at byte 7"),
            ("\"\\ud800\"", "expected a value at byte 7"),
            ("\"\\udc00\"", "half a surrogate pair at byte 7"),
            ("1e999", "not a number at byte 5"),
            ("nul", "expected a value at byte 0"),
            ("1 1", "expected the end at byte 2"),
        ] {
            assert_eq!(from_str::<Value>(text).unwrap_err().to_string(), error, "{text}");
        }
        let missing = from_str::<Card>("{}").unwrap_err().to_string();
        assert_eq!(missing, "missing field `title` at byte 1");
        assert!(
            from_str::<Value>(&"[".repeat(100_000)).unwrap_err().to_string().contains("nested too deeply")
        );
        assert!(from_str::<&RawValue>(&"[".repeat(100_000)).is_err());
    }
}

//! Lines, counted bytes and quoted strings.

/// A text with bytes in between.
pub(super) struct Words<'a> {
    rest: &'a [u8],
}

impl<'a> Words<'a> {
    pub(super) fn new(data: &'a [u8]) -> Words<'a> {
        Words { rest: data }
    }

    /// The next line, empty where it is no UTF-8; `None` at the end, and at zeros that end the text.
    pub(super) fn line(&mut self) -> Option<&'a str> {
        if matches!(self.rest, [] | [0, ..]) {
            return None;
        }
        let end = self.rest.iter().position(|byte| *byte == b'\n').unwrap_or(self.rest.len());
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest.get(1..).unwrap_or_default();
        Some(std::str::from_utf8(line).unwrap_or(""))
    }

    /// So many bytes, and the line feed behind them; `None` if there are not as many.
    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest.strip_prefix(b"\n")?;
        Some(bytes)
    }
}

/// A string in quotes, on one line.
pub(super) fn quote(string: &str) -> String {
    let mut quoted = String::from('"');
    for letter in string.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// What is in the quotes; `None` if it is not one quoted string.
pub(super) fn unquote(word: &str) -> Option<String> {
    let mut string = String::with_capacity(word.len());
    let mut letters = word.strip_prefix('"')?.strip_suffix('"')?.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return None,
            '\\' => string.push(match letters.next()? {
                'n' => '\n',
                'r' => '\r',
                same @ ('"' | '\\') => same,
                _ => return None,
            }),
            other => string.push(other),
        }
    }
    Some(string)
}

/// So many bytes in hexadecimal.
pub(super) fn from_hex<const N: usize>(word: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let pairs = word.as_bytes().as_chunks::<2>();
    if pairs.0.len() != N || !pairs.1.is_empty() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(pairs.0) {
        // A sign is no digit, though numbers may have one.
        pair.iter().all(u8::is_ascii_hexdigit).then_some(())?;
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

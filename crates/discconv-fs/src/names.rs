//! Names from a disc on a host.

/// Names of devices on Windows, which no file can have whatever its extension.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];
/// Most bytes of a name on the file systems people use.
const LONGEST: usize = 255;

/// The name under which a file from a disc may be written, the same on every host: no separators, no control characters,
/// no device, no dot or space at its end, nothing that means a folder above, at most 255 bytes. Most names stay as they are.
#[must_use]
pub fn safe_name(name: &str) -> String {
    let mut safe: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    while safe.len() > LONGEST {
        safe.pop();
    }
    let kept = safe.trim_end_matches(['.', ' ']).len();
    let tail = "_".repeat(safe.len() - kept);
    safe.replace_range(kept.., &tail);
    if safe.is_empty() {
        return "_".to_owned();
    }
    let stem = safe.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    if is_device(&stem) {
        safe.insert(0, '_');
        while safe.len() > LONGEST {
            safe.pop();
        }
    }
    safe
}

fn is_plain(c: char) -> bool {
    !c.is_control() && !matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') && !is_invisible(c)
}

/// Characters that show a name as another than it is: marks of direction, and of no width.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

fn is_device(stem: &str) -> bool {
    let numbered = |kind: &str| stem.strip_prefix(kind).is_some_and(|rest| rest.chars().count() == 1 && rest != "0");
    DEVICES.contains(&stem)
        || (numbered("com") || numbered("lpt")) && stem.ends_with(|c: char| c.is_ascii_digit() || "¹²³".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_stay() {
        for name in ["README.TXT", "a b", "ä.bin", ".hidden", "x-1_2,3(4)", "communal", "com10", "nul2"] {
            assert_eq!(safe_name(name), name);
        }
    }

    #[test]
    fn nothing_leads_elsewhere() {
        let rows = [
            ("..", "__"),
            (".", "_"),
            ("", "_"),
            ("a/b", "a_b"),
            ("..\\x", ".._x"),
            ("C:x", "C_x"),
            ("a\0b\n", "a_b_"),
            ("nul.txt", "_nul.txt"),
            ("COM1", "_COM1"),
            ("aux .c", "_aux .c"),
            ("x. ", "x__"),
            ("a\u{202E}b", "a_b"),
        ];
        for (name, safe) in rows {
            assert_eq!(safe_name(name), safe, "{name:?}");
        }
        let long = safe_name(&"ä".repeat(200));
        assert!(long.len() <= 255 && long.chars().all(|c| c == 'ä'));
    }
}

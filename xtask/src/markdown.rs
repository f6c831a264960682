//! Generated blocks inside hand-written Markdown, and relative links.
//!
//! A block stands between `<!-- begin:NAME -->` and `<!-- end:NAME -->`, each on a line of its own.

/// The text with the block `name` replaced by `body`.
///
/// # Errors
/// The markers are missing, doubled, or in the wrong order.
pub(crate) fn with_block(text: &str, name: &str, body: &str) -> Result<String, String> {
    let (begin, end) = (format!("<!-- begin:{name} -->\n"), format!("<!-- end:{name} -->"));
    if text.matches(&begin).count() != 1 || text.matches(&end).count() != 1 {
        return Err(format!("one `{}` and one `{end}` are needed.", begin.trim_end()));
    }
    let (Some(from), Some(to)) = (text.find(&begin), text.find(&end)) else {
        return Err(format!("the markers of `{name}` are missing."));
    };
    let from = from + begin.len();
    if from > to {
        return Err(format!("`{end}` stands before `{}`.", begin.trim_end()));
    }
    Ok(format!("{}{}\n{}", &text[..from], body.trim_end(), &text[to..]))
}

/// The command in the code block or code span that follows a marker line such as `<!-- test-command -->`.
pub(crate) fn marked_command(text: &str, marker: &str) -> Option<String> {
    let marker = format!("<!-- {marker} -->");
    let (_, rest) = text.split_once(&marker)?;
    rest.lines()
        .map(|line| line.trim().trim_matches('`').trim().trim_start_matches("$ "))
        .find(|line| !line.is_empty() && !matches!(*line, "sh" | "bash" | "console" | "text"))
        .map(str::to_owned)
}

/// Targets of relative links, without their `#fragment`; code blocks are skipped.
pub(crate) fn relative_links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        for after in line.split("](").skip(1) {
            let Some((target, _)) = after.split_once(')') else {
                continue;
            };
            let target = target.split('#').next().unwrap_or_default();
            let remote = target.contains("://") || target.starts_with("mailto:");
            if !target.is_empty() && !remote {
                links.push(target.to_owned());
            }
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_replaced_and_nothing_else() {
        let text = "a\n<!-- begin:x -->\nold\n<!-- end:x -->\nb\n";
        let new = with_block(text, "x", "new\n\n").unwrap();
        assert_eq!(new, "a\n<!-- begin:x -->\nnew\n<!-- end:x -->\nb\n");
        assert_eq!(with_block(&new, "x", "new").unwrap(), new);
    }

    #[test]
    fn bad_markers_are_named() {
        for text in ["", "<!-- begin:x -->\n", "<!-- end:x -->\n<!-- begin:x -->\n"] {
            assert!(with_block(text, "x", "").unwrap_err().contains("begin:x"), "{text:?}");
        }
    }

    #[test]
    fn the_command_behind_a_marker() {
        for (text, command) in [
            ("<!-- test-command -->\n```sh\ncargo test --workspace\n```\n", Some("cargo test --workspace")),
            ("x\n<!-- test-command -->\n`cargo test`\n", Some("cargo test")),
            ("    cargo test\n", None),
        ] {
            assert_eq!(marked_command(text, "test-command").as_deref(), command);
        }
    }

    #[test]
    fn only_relative_links_outside_code_count() {
        let text = "[a](x.md) [b](https://e.org/y) [c](#here) [d](dir/z.md#part)\n```\n[e](no.md)\n```\n";
        assert_eq!(relative_links(text), ["x.md", "dir/z.md"]);
    }
}

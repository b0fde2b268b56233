//! Tokens → text without a formatter: a line per statement and per brace.
//!
//! Nobody is meant to read it, but compilers quote it, and lints take `} if` on one line for a missing `else`.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Prints a whole file.
pub(crate) fn print(tokens: TokenStream) -> String {
    let mut text = String::new();
    lines(tokens, &mut text);
    text
}

/// As deep as the emitters nest braces, which is no matter of input.
fn lines(tokens: TokenStream, text: &mut String) {
    let mut line: Vec<TokenTree> = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                flush(&mut line, text);
                text.push_str(" {\n");
                lines(group.stream(), text);
                text.push_str("}\n");
            }
            TokenTree::Punct(punct) if punct.as_char() == ';' => {
                flush(&mut line, text);
                text.push_str(";\n");
            }
            token => line.push(token),
        }
    }
    if !line.is_empty() {
        flush(&mut line, text);
        text.push('\n');
    }
}

fn flush(line: &mut Vec<TokenTree>, text: &mut String) {
    text.push_str(&line.drain(..).collect::<TokenStream>().to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_and_braces_stand_on_lines_of_their_own() {
        let tokens = "fn f() { a(); if b { c } if d { e(1, [2; 3]) } }"
            .parse()
            .unwrap();
        let expected = "fn f () {\na () ;\nif b {\nc\n}\nif d {\ne (1 , [2 ; 3])\n}\n}\n";
        assert_eq!(
            print(tokens).replace(" ;\n", ";\n"),
            expected.replace(" ;\n", ";\n")
        );
    }
}

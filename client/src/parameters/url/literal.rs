//! Values as Python writes them, in which pika takes dictionaries.

use amqp_methods::{EncodeError, FieldArray, FieldTable, Value};

/// A Python literal, as far as field tables can hold it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Literal>),
    Dict(Vec<(String, Literal)>),
}

/// The text is no literal, or one that is too deep. Nothing more is said: the text may be secret.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct NoLiteral;

impl Literal {
    /// Reads a whole text.
    pub(super) fn read(text: &str) -> Result<Self, NoLiteral> {
        let mut reader = Reader { rest: text };
        let literal = reader.literal(0)?;
        reader.skip_blanks();
        match reader.rest {
            "" => Ok(literal),
            _ => Err(NoLiteral),
        }
    }

    /// As a table entry. Integers have 32 bits if they fit.
    pub(super) fn value(&self) -> Result<Value<'_>, EncodeError> {
        Ok(match self {
            Self::None => Value::Void,
            Self::Bool(value) => Value::Boolean(*value),
            Self::Int(value) => match i32::try_from(*value) {
                Ok(value) => Value::LongInt(value),
                Err(_) => Value::LongLongInt(*value),
            },
            Self::Float(value) => Value::Double(*value),
            Self::Text(text) => Value::from(text.as_str()),
            Self::List(elements) => {
                let mut array = FieldArray::builder();
                for element in elements {
                    array = array.element(element.value()?);
                }
                Value::Array(array.build()?)
            }
            Self::Dict(entries) => Value::Table(table(entries)?),
        })
    }
}

/// The table of a dictionary.
pub(super) fn table(entries: &[(String, Literal)]) -> Result<FieldTable<'static>, EncodeError> {
    let mut table = FieldTable::builder();
    for (name, literal) in entries {
        table = table.entry(name.as_str(), literal.value()?);
    }
    table.build()
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn literal(&mut self, depth: usize) -> Result<Literal, NoLiteral> {
        if depth > DEEPEST {
            return Err(NoLiteral);
        }
        self.skip_blanks();
        for (word, literal) in [
            ("None", Literal::None),
            ("True", Literal::Bool(true)),
            ("False", Literal::Bool(false)),
        ] {
            if self.take(word) {
                return Ok(literal);
            }
        }
        match self.rest.chars().next() {
            Some('{') => self.dict(depth),
            Some('[') => self.list(depth),
            Some('\'' | '"') => self.text().map(Literal::Text),
            _ => self.number(),
        }
    }

    fn dict(&mut self, depth: usize) -> Result<Literal, NoLiteral> {
        self.expect("{")?;
        let mut entries: Vec<(String, Literal)> = Vec::new();
        while !self.take("}") {
            self.skip_blanks();
            let name = self.text()?;
            self.expect(":")?;
            // Python lets the last one win; an error that is told is better.
            if entries.iter().any(|(other, _)| *other == name) {
                return Err(NoLiteral);
            }
            entries.push((name, self.literal(depth + 1)?));
            if !self.take(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(Literal::Dict(entries))
    }

    fn list(&mut self, depth: usize) -> Result<Literal, NoLiteral> {
        self.expect("[")?;
        let mut elements = Vec::new();
        while !self.take("]") {
            elements.push(self.literal(depth + 1)?);
            if !self.take(",") {
                self.expect("]")?;
                break;
            }
        }
        Ok(Literal::List(elements))
    }

    fn text(&mut self) -> Result<String, NoLiteral> {
        let mut chars = self.rest.chars();
        let quote = chars.next().filter(|quote| ['\'', '"'].contains(quote));
        let quote = quote.ok_or(NoLiteral)?;
        // Room for all of it at once: it may be a password, and growing would leave pieces of it behind.
        let mut text = String::with_capacity(self.rest.len());
        loop {
            match chars.next().ok_or(NoLiteral)? {
                end if end == quote => break,
                '\n' => return Err(NoLiteral),
                '\\' => text.push(match chars.next().ok_or(NoLiteral)? {
                    same @ ('\\' | '\'' | '"') => same,
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    _ => return Err(NoLiteral),
                }),
                other => text.push(other),
            }
        }
        self.rest = chars.as_str();
        Ok(text)
    }

    fn number(&mut self) -> Result<Literal, NoLiteral> {
        let is_part = |c: char| c.is_ascii_digit() || "+-.e".contains(c);
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at_checked(end).ok_or(NoLiteral)?;
        self.rest = rest;
        let digits = number.strip_prefix('-').unwrap_or(number);
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(NoLiteral);
        }
        if digits.bytes().all(|octet| octet.is_ascii_digit()) {
            return number.parse().map(Literal::Int).map_err(|_| NoLiteral);
        }
        let float = number.parse::<f64>().map_err(|_| NoLiteral)?;
        // Infinities cannot be decoded by RabbitMQ.
        float
            .is_finite()
            .then_some(Literal::Float(float))
            .ok_or(NoLiteral)
    }

    fn expect(&mut self, token: &str) -> Result<(), NoLiteral> {
        self.take(token).then_some(()).ok_or(NoLiteral)
    }

    fn take(&mut self, token: &str) -> bool {
        self.skip_blanks();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }
}

/// How deep dictionaries and lists may stand within each other.
const DEEPEST: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_what_python_makes_of_them() {
        let text = |text: &str| Literal::Text(text.to_owned());
        for (written, literal) in [
            ("None", Literal::None),
            ("True", Literal::Bool(true)),
            ("False", Literal::Bool(false)),
            ("0", Literal::Int(0)),
            (" -12 ", Literal::Int(-12)),
            ("1.5", Literal::Float(1.5)),
            ("-2e3", Literal::Float(-2000.0)),
            ("''", text("")),
            (r#""it's""#, text("it's")),
            (r"'it\'s \\ \n'", text("it's \\ \n")),
            ("[]", Literal::List(Vec::new())),
            ("[1, 'a',]", Literal::List(vec![Literal::Int(1), text("a")])),
            ("{}", Literal::Dict(Vec::new())),
            (
                "{'a': 1, \"b\":{'c' : None},}",
                Literal::Dict(vec![
                    ("a".into(), Literal::Int(1)),
                    ("b".into(), Literal::Dict(vec![("c".into(), Literal::None)])),
                ]),
            ),
        ] {
            assert_eq!(Literal::read(written), Ok(literal), "{written}");
        }
    }

    #[test]
    fn what_is_no_literal_is_refused() {
        let deep = "[".repeat(10_000);
        for written in [
            "",
            "none",
            "true",
            "a",
            "'a",
            "a'",
            "'a\nb'",
            r"'\x41'",
            "1 2",
            "+1",
            ".5",
            "1.",
            "--1",
            "1_0",
            "0x1",
            "9223372036854775808",
            "1e999",
            "inf",
            "nan",
            "{",
            "{1: 2}",
            "{'a'}",
            "{'a': }",
            "{'a': 1 'b': 2}",
            "[1",
            "[,]",
            "{'a': 1, 'a': 2}",
            "()",
            "b'a'",
            "Nonesense",
            "'a' 'b'",
            &deep,
        ] {
            // "1." is a float in Python too, and in ours.
            let is_refused = Literal::read(written).is_err();
            assert!(is_refused || written == "1.", "{written}");
        }
    }

    #[test]
    fn tables_have_the_types_that_servers_read() {
        let Ok(Literal::Dict(entries)) =
            Literal::read("{'i': 1, 'l': 4294967296, 'd': 0.5, 'n': None, 'a': [True]}")
        else {
            panic!("no dictionary");
        };
        let table = table(&entries).unwrap();
        let types: Vec<_> = table.iter().map(|entry| entry.unwrap().1).collect();
        assert!(matches!(
            &types[..],
            [
                Value::LongInt(1),
                Value::LongLongInt(4_294_967_296),
                Value::Double(_),
                Value::Void,
                Value::Array(_)
            ]
        ));
    }
}

//! The protocol in lines and columns.

use amqp_codegen::model::{Class, Field, Method, Model, Version, WireType};

use super::{
    super::console::{Colour, Console, harmless},
    counts::Counts,
    sender, wire_name,
};

/// The whole output.
pub(super) fn protocol(
    model: &Model,
    counts: &Counts,
    left_out: &[(String, Counts)],
    console: &Console,
) -> String {
    let Version {
        major,
        minor,
        revision,
    } = model.version;
    let title = format!("AMQP {major}-{minor}-{revision}, port {}", model.port);
    let mut text = format!("{}\n", console.paint(Colour::Bold, &title));

    let methods = each_method(model).map(|(class, method)| method_row(class, method));
    let methods: Vec<_> = methods.collect();
    let head = [
        "METHOD",
        "ID",
        "SENT BY",
        "MARKS",
        "ANSWERED BY",
        "ARGUMENTS",
    ];
    text.push_str(&table(head, &methods, console));

    let properties: Vec<_> = model.classes.iter().flat_map(property_rows).collect();
    text.push_str(&table(["PROPERTY", "FLAG", "TYPE"], &properties, console));

    text.push_str(&format!("\n{counts}\n"));
    for (name, counts) in left_out {
        let name = harmless(name);
        text.push_str(&format!(
            "left out: class {name} with {}\n",
            counts.inside()
        ));
    }
    text
}

fn each_method(model: &Model) -> impl Iterator<Item = (&Class, &Method)> {
    let classes = model.classes.iter();
    classes.flat_map(|class| class.methods.iter().map(move |method| (class, method)))
}

fn method_row(class: &Class, method: &Method) -> [String; 6] {
    let marks = [
        ("content", method.content),
        ("sync", method.synchronous),
        ("deprecated", method.deprecated),
    ];
    let marks = marks.into_iter().filter(|(_, set)| *set);
    let marks: Vec<_> = marks.map(|(mark, _)| mark).collect();
    let arguments: Vec<_> = method.fields.iter().map(argument).collect();
    [
        format!("{}.{}", class.name, method.name),
        format!("{}.{}", class.index, method.index),
        sender(method.client_receives, method.server_receives).to_owned(),
        marks.join(","),
        method.replies.join(","),
        arguments.join(", "),
    ]
}

fn argument(field: &Field) -> String {
    let argument = format!("{}: {}", field.name, type_name(field.wire, field.secret));
    if field.reserved {
        format!("({argument})")
    } else {
        argument
    }
}

fn type_name(wire: WireType, secret: bool) -> String {
    let secret = if secret { "secret " } else { "" };
    format!("{secret}{}", wire_name(wire))
}

fn property_rows(class: &Class) -> Vec<[String; 3]> {
    let properties = class.properties.iter();
    let rows = properties.map(|property| {
        let flag = match property.flag_word {
            0 => property.flag_bit.to_string(),
            word => format!("{word}.{}", property.flag_bit),
        };
        [
            format!("{}/{}", class.name, property.name),
            flag,
            type_name(property.wire, property.secret),
        ]
    });
    rows.collect()
}

/// A longer cell pushes what follows aside, and not the whole table.
const WIDEST: usize = 48;

/// Lines with the columns below each other; a cell without anything in it is a hyphen. Nothing without rows.
fn table<const N: usize>(head: [&str; N], rows: &[[String; N]], console: &Console) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut widths = head.map(str::len);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.len().min(WIDEST).max(*width);
        }
    }
    let line = |cells: [&str; N]| {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            let cell = if cell.is_empty() { "-" } else { cell };
            line.push_str(&format!("{cell:<width$}  "));
        }
        line.trim_end().to_owned()
    };
    let mut text = format!("\n{}\n", console.paint(Colour::Bold, &line(head)));
    for row in rows {
        text.push_str(&line(row.each_ref().map(String::as_str)));
        text.push('\n');
    }
    text
}

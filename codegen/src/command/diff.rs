//! `diff`: what is different between two protocols.

use std::process::ExitCode;

use amqp_codegen::{
    diff,
    diff::{Change, Effect},
};
use serde_json::{Value, json};

use super::{
    Outcome,
    arguments::Diff,
    console::{Colour, Console, harmless},
    report,
};

pub(super) fn run(options: &Diff, console: &Console) -> Outcome {
    let (old, new) = options.configs();
    // What is wrong with one does not keep the other from being looked at.
    let (of_old, of_new) = (old.warnings(), new.warnings());
    if of_new.is_err() {
        report::print(&report::found(of_old), console);
    } else {
        report::print(&of_old?, console);
    }
    report::print(&of_new?, console);
    let changes = diff(&old.model()?, &new.model()?);
    let text = match options.json {
        true => format!("{:#}\n", to_json(&changes)),
        false => for_people(&changes, console),
    };
    console.print(&text)?;
    match count(&changes, Effect::Breaking) {
        0 => Ok(ExitCode::SUCCESS),
        _ => Ok(ExitCode::FAILURE),
    }
}

fn for_people(changes: &[Change], console: &Console) -> String {
    let mut text = String::new();
    for change in changes {
        let effect = change.effect();
        let colour = match effect {
            Effect::None => Colour::Faint,
            Effect::Compatible => Colour::Green,
            Effect::Breaking => Colour::Red,
        };
        let label = console.paint(colour, &format!("{:<10}", name(effect)));
        text.push_str(&format!("{label}  {}\n", harmless(&change.to_string())));
    }
    if changes.is_empty() {
        text.push_str("no difference\n");
        return text;
    }
    let plural = if changes.len() == 1 { "" } else { "s" };
    text.push_str(&format!(
        "{} change{plural}: {} breaking, {} compatible, {} without effect\n",
        changes.len(),
        count(changes, Effect::Breaking),
        count(changes, Effect::Compatible),
        count(changes, Effect::None),
    ));
    text
}

fn to_json(changes: &[Change]) -> Value {
    let list: Vec<_> = changes
        .iter()
        .map(|change| {
            json!({
                "effect": name(change.effect()),
                "element": change.difference.element(),
                "name": change.difference.name(),
                "aspect": change.difference.aspect(),
                "message": change.to_string(),
                "old": change.old.as_ref().map(report::place),
                "new": change.new.as_ref().map(report::place),
            })
        })
        .collect();
    json!({
        "changes": list,
        "summary": {
            "breaking": count(changes, Effect::Breaking),
            "compatible": count(changes, Effect::Compatible),
            "none": count(changes, Effect::None),
        },
    })
}

fn name(effect: Effect) -> &'static str {
    match effect {
        Effect::None => "none",
        Effect::Compatible => "compatible",
        Effect::Breaking => "breaking",
    }
}

fn count(changes: &[Change], effect: Effect) -> usize {
    let has = |change: &&Change| change.effect() == effect;
    changes.iter().filter(has).count()
}

//! The picture: bars in groups, one group for each operation, on a logarithmic scale.
//!
//! Names stand before the bars and numbers behind them, so that nobody has to match colours with a legend. It brings
//! its own ground, because the page around it may be light where the reader's system is dark.

use crate::measurements::Workload;
use crate::ratio::{ratio, time};
use crate::svg::{Anchor, Svg};
use crate::{FLOOR, OURS, table};

const TITLE: &str = "Time of one operation";
const SUBTITLE: &str = "Logarithmic scale: each line is ten times the one before. Shorter is better; × is the multiple of ours.";

const WIDTH: f64 = 800.0;
const MARGIN: f64 = 28.0;
/// Where bars begin: the names before them end a little to the left.
const LEFT: f64 = 144.0;
/// Where the longest bar may end: its numbers stand to the right.
const RIGHT: f64 = 660.0;
const TOP: f64 = 104.0;
const BAR: f64 = 13.0;
const STEP: f64 = 18.0;
const LABEL: f64 = 22.0;
const GAP: f64 = 14.0;

/// No fonts from elsewhere, contrasts of at least 4.5 for text on either ground, and numbers that lines do not cross.
const STYLE: &str = "\
text { font: 12px system-ui, -apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif; fill: #57606a; }
.ground { fill: #fdfcfa; }
.title { font-size: 18px; font-weight: 600; fill: #1f2328; }
.group { font-size: 13px; font-weight: 600; fill: #1f2328; }
.name-ours, .number-ours { font-weight: 600; fill: #9a4a10; }
.number-ours, .number-floor, .number-peer { stroke: #fdfcfa; stroke-width: 4px; paint-order: stroke; }
.tick, .small { font-size: 11px; }
.grid { stroke: #e3e0da; stroke-width: 1; }
.bar-ours { fill: #c2621b; }
.bar-peer { fill: #9aa4b0; }
.bar-floor { fill: none; stroke: #9aa4b0; stroke-dasharray: 3 2; }
@media (prefers-color-scheme: dark) {
text { fill: #a3acb6; }
.ground { fill: #16191d; }
.title, .group { fill: #eceff2; }
.name-ours, .number-ours { fill: #f0a15e; }
.number-ours, .number-floor, .number-peer { stroke: #16191d; }
.grid { stroke: #2c3138; }
.bar-ours { fill: #e08a3c; }
.bar-peer { fill: #5f6b78; }
.bar-floor { stroke: #7b8794; }
}
";

/// Draws those operations that somebody else does too; of bodies of several sizes, the small one.
pub(crate) fn draw(workloads: &[Workload], setting: &str) -> String {
    let shown: Vec<_> = workloads
        .iter()
        .filter(|workload| is_shown(workload))
        .collect();
    let scale = Scale::of(&shown);
    let mut svg = Svg::new();

    let heights = shown.iter().map(|workload| height(workload));
    let bottom = TOP + heights.sum::<f64>();
    let size = (WIDTH, bottom + 34.0);
    svg.bar("ground", (0.0, 0.0), size);
    svg.text("title", Anchor::Start, (MARGIN, 40.0), TITLE);
    svg.text("subtitle", Anchor::Start, (MARGIN, 62.0), SUBTITLE);
    for decade in scale.decades() {
        let nanoseconds = 10_f64.powi(decade);
        let x = scale.x(nanoseconds);
        svg.vertical("grid", x, (TOP - 8.0, bottom - 4.0));
        svg.text("tick", Anchor::Middle, (x, TOP - 14.0), &round(nanoseconds));
    }
    let mut y = TOP;
    for workload in &shown {
        group(&mut svg, &scale, y, workload);
        y += height(workload);
    }
    svg.text("small", Anchor::Start, (MARGIN, bottom + 16.0), setting);
    svg.finish(size, STYLE, TITLE, &description(&shown))
}

fn is_shown(workload: &Workload) -> bool {
    let others = workload
        .times
        .keys()
        .any(|side| side != OURS && side != FLOOR);
    let size = workload.name.rsplit('/').next().unwrap_or_default();
    let large = size.parse().is_ok_and(|size: u64| size != 16);
    workload.stream.is_none() && others && !large
}

fn height(workload: &Workload) -> f64 {
    LABEL + STEP * workload.times.len() as f64 + GAP
}

fn group(svg: &mut Svg, scale: &Scale, top: f64, workload: &Workload) {
    svg.text("group", Anchor::Start, (MARGIN, top + 14.0), &workload.name);
    for (row, side) in table::sides(&[workload]).into_iter().enumerate() {
        let kind = match side {
            OURS => "ours",
            FLOOR => "floor",
            _ => "peer",
        };
        let taken = workload.times[side];
        let y = top + LABEL + STEP * row as f64;
        let base = y + BAR - 2.5;
        let end = scale.x(taken);
        svg.text(
            &format!("name-{kind}"),
            Anchor::End,
            (LEFT - 8.0, base),
            side,
        );
        svg.bar(&format!("bar-{kind}"), (LEFT, y), (end - LEFT, BAR));
        let number = number(workload, side, taken);
        svg.text(
            &format!("number-{kind}"),
            Anchor::Start,
            (end + 6.0, base),
            &number,
        );
    }
}

fn number(workload: &Workload, side: &str, taken: f64) -> String {
    match workload.times.get(OURS) {
        Some(ours) if side != OURS => format!("{}\u{2002}×{}", time(taken), ratio(taken, *ours)),
        _ => time(taken),
    }
}

/// Everything that the picture says, in words.
fn description(shown: &[&Workload]) -> String {
    let sentence = |workload: &&Workload| {
        let sides = table::sides(&[*workload]).into_iter();
        let sides = sides.map(|side| format!("{side} {}", time(workload.times[side])));
        format!(
            "{}: {}.",
            workload.name,
            sides.collect::<Vec<_>>().join(", ")
        )
    };
    shown.iter().map(sentence).collect::<Vec<_>>().join(" ")
}

/// `10 ns`: the powers of ten that stand at the lines.
fn round(nanoseconds: f64) -> String {
    time(nanoseconds).replace(".00 ", " ").replace(".0 ", " ")
}

/// From times to places: from a power of ten to the longest time, by their logarithms.
struct Scale {
    first: i32,
    last: f64,
}

impl Scale {
    fn of(shown: &[&Workload]) -> Self {
        let times = shown.iter().flat_map(|workload| workload.times.values());
        let logs = times.map(|time| time.log10());
        let (shortest, longest) = logs
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), log| {
                (min.min(log), max.max(log))
            });
        if shortest > longest {
            return Self {
                first: 0,
                last: 1.0,
            };
        }
        let first = shortest.floor() as i32;
        // At least one power of ten, or there would be one line alone.
        let last = longest.max(f64::from(first + 1));
        Self { first, last }
    }

    fn decades(&self) -> impl Iterator<Item = i32> + use<> {
        self.first..=self.last.floor() as i32
    }

    fn x(&self, nanoseconds: f64) -> f64 {
        let first = f64::from(self.first);
        LEFT + (nanoseconds.log10() - first) / (self.last - first) * (RIGHT - LEFT)
    }
}

#[cfg(test)]
mod tests;

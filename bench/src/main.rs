//! Gnomon, Prometheus and VictoriaMetrics under the same loads, one at a time: `make bench`.
//!
//! Prints a table with the peers as multiples of Gnomon, and leaves it as Markdown in the folder of the run.

mod body;
mod cgroup;
mod client;
mod fleet;
mod plan;
mod process;
mod remote_write;
mod report;
mod server;
mod target;
mod workload;

use std::{
    env, fs,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use plan::Plan;
use report::Table;
use server::Kind;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // When standard error is closed there is nobody to tell.
            let _ = writeln!(io::stderr(), "bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let plan = Plan::parse(words.iter().flat_map(|word| word.split_whitespace()))?;
    let root = PathBuf::from(env::var_os("BENCH_FOLDER").unwrap_or_else(|| "target/bench".into()));
    fs::create_dir_all(&root)?;
    let recordings = env::var_os("SCRAPES").map(PathBuf::from).filter(|folder| folder.is_dir());
    let mut table = Table::default();
    let done = workload::run_all(&plan, &root, recordings.as_deref(), &mut table, &mut io::stderr());
    // What was measured before an error is shown all the same.
    print(&plan, &table, &root.join("table.md"))?;
    done
}

fn print(plan: &Plan, table: &Table, markdown: &std::path::Path) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "\n{}", table.to_text())?;
    writeln!(out, "A ratio is the peer's figure divided by Gnomon's.")?;
    for kind in &plan.servers {
        writeln!(out, "  {}", kind.command_line())?;
    }
    let confined = cgroup::Cgroup::create(&format!("gnomon-bench-{}", std::process::id()), None).is_ok();
    let note = if confined {
        "Each server ran in a control group of its own; RSS and written bytes are those of its process."
    } else {
        "Control groups are not writable here: all figures are those of the process, and no limit was set."
    };
    writeln!(out, "{note}")?;
    let commands: String =
        plan.servers.iter().map(|kind: &Kind| format!("    {}\n", kind.command_line())).collect();
    fs::write(markdown, format!("{}\n{commands}\n{note}\n", table.to_markdown()))
}

//! The metrics stack of a small machine in one binary: reads the command line, wires the parts together, and
//! ends when a signal says so.

mod account;
mod admin;
mod args;
mod auto_reload;
mod check;
mod data_folder;
mod doctor;
mod features;
mod health;
mod instance;
mod lab_report;
mod log;
mod maintenance;
#[cfg(feature = "manual")]
mod manual;
mod memory;
mod metrics;
mod provisioning;
mod query_script;
mod render;
mod retention;
mod sensor_service;
mod signal;
mod stack;
mod supervisor;
mod time;
mod tsdb_tool;

use std::{
    env,
    io::{self, Write},
    process::ExitCode,
};

use args::{Cli, Command, TestKind};
use clap::{CommandFactory, FromArgMatches, error::ErrorKind};
use model::with_causes;

/// Threads for queries, bcrypt and compression: one for each core that a small machine has, and one that
/// keeps a login from waiting behind two long queries. At most one at a time waits for another server.
const BLOCKING_THREADS: usize = 3;
/// The deepest recursion is a query's tree, which the parser bounds.
const STACK_BYTES: usize = 1 << 20;

fn main() -> ExitCode {
    #[cfg(feature = "manual")]
    if let [_, command, folder] = &env::args_os().collect::<Vec<_>>()[..]
        && command == "manual"
    {
        return ended(manual::write(folder.as_ref()));
    }
    memory::tune_allocator();
    let (args, passed_over) = match args::settle(env::args_os()) {
        Ok(settled) => settled,
        Err(refusal) => Cli::command().error(ErrorKind::UnknownArgument, refusal).exit(),
    };
    let matches = Cli::command().get_matches_from(args);
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let flags = matches.subcommand().map(|(name, flags)| args::values(name, flags)).unwrap_or_default();
    ended(match cli.command {
        Command::Up(mut args) => {
            args.stack.passed_over = passed_over;
            block_on(stack::up(*args, flags))
        }
        Command::Run(mut args) => {
            args.stack.passed_over = passed_over;
            block_on(stack::run(*args, flags))
        }
        Command::Sensor(args) => block_on(sensor_service::run(args)),
        Command::Health(args) => health::run(&args),
        Command::Render(args) => render::run(*args),
        Command::Admin { command } => admin::run(command),
        Command::Lab(args) => block_on(lab_report::run(args)),
        Command::LabSweep { folder, groups } => {
            lab::sweep(&folder, &groups);
            Ok(())
        }
        Command::Doctor(args) => return doctor::run(&args),
        Command::Check { command } => return check::run(&command),
        Command::Tsdb { command } => return tsdb_tool::run(command),
        Command::Test { kind: TestKind::Promql { files } } => return query_script::run(&files),
    })
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn ended(done: Result<(), Failure>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

fn block_on(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_stack_size(STACK_BYTES)
        .build()?;
    let done = runtime.block_on(work);
    // A query that still runs has been told to stop; nobody waits for its answer.
    runtime.shutdown_background();
    done
}

fn report(error: &(dyn std::error::Error + 'static)) {
    // With standard error closed there is nobody to tell.
    let _ = writeln!(io::stderr(), "gnomon: {}", with_causes(error));
}

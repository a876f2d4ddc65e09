//! A small laboratory: the stack runs under the defects that a sensor service in the field had, then without
//! them, then with each alone; what it costs and what fails is measured, and each failure is traced to a defect.
//!
//! The parts are processes of their own, started from the program's own binary, each in a control group with a
//! limit of memory where groups can be made. However the laboratory ends, nothing of it is left.

mod ask;
mod cgroup;
mod chart;
mod error;
mod figure;
mod ground;
mod html;
mod markup;
mod part;
mod plan;
mod process;
mod progress;
#[cfg(test)]
mod sample_report;
mod scene;
mod stack;
mod sweep;
mod symptom;
mod table;
mod track;
mod unit;

use std::{path::PathBuf, time::Duration};

pub use error::Error;
pub use figure::{
    Calls, Failure, PartFigures, Report, Run, Scrapes, SensorFigures, StackReport, TargetFigures,
};
pub use html::page;
pub use stack::Kind;
pub use sweep::sweep;
pub use symptom::Symptom;
pub use table::table;

use ground::Ground;
use plan::{Phase, Plan};
use progress::Progress;
use scene::{Cast, Scene};

/// What to do.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The program that has the subcommands `run`, `sensor` and `lab-sweep`.
    pub program: PathBuf,
    /// A Prometheus that is put through the same.
    pub prometheus: Option<PathBuf>,
    /// How long each run takes.
    pub duration: Duration,
    /// By what the intervals of the story are divided, and the CPU loop with them.
    pub speedup: u32,
}

/// Makes all runs. Dropping the future ends them, and everything that was started with it.
///
/// Must be polled on the thread that lives as long as the process: the kernel ends the parts with it.
///
/// # Errors
/// When a part does not start or does not answer, with the end of its log; see [`Error`].
pub async fn run(settings: &Settings) -> Result<Report, Error> {
    let ground = Ground::prepare(&settings.program)?;
    let plan = Plan::new(settings.speedup);
    let mut lab = Lab { settings, ground, progress: Progress::new(settings.duration) };
    let before = lab.run(&plan.before).await?;
    let after = lab.run(&plan.after).await?;
    let apart = lab.run(&plan.apart).await?;
    let runs = before.into_iter().zip(after).zip(apart).zip(lab.kinds());
    Ok(Report {
        duration_seconds: settings.duration.as_secs_f64(),
        speedup: settings.speedup,
        measured: lab.ground.measured(),
        limits: lab.ground.is_confined(),
        stacks: runs
            .map(|(((before, after), apart), kind)| StackReport::new(kind, before, after, apart, &plan))
            .collect(),
    })
}

struct Lab<'a> {
    settings: &'a Settings,
    ground: Ground,
    progress: Progress,
}

impl Lab<'_> {
    fn kinds(&self) -> impl Iterator<Item = Kind> + use<> {
        let prometheus = self.settings.prometheus.is_some().then_some(Kind::Prometheus);
        [Kind::Gnomon].into_iter().chain(prometheus)
    }

    /// All stacks at the same time, each with sensors of its own.
    async fn run(&mut self, phase: &Phase) -> Result<Vec<Run>, Error> {
        self.progress.begin(phase);
        let mut scenes = Vec::new();
        for kind in self.kinds() {
            let program = match (kind, &self.settings.prometheus) {
                (Kind::Prometheus, Some(path)) => path,
                _ => &self.settings.program,
            };
            let cast = Cast { kind, stack: program, sensor: &self.settings.program };
            scenes.push(Scene::set(phase, cast, &self.ground).await?);
        }
        scene::play(&mut scenes, phase, self.settings.duration, &mut self.progress).await;
        let mut runs = Vec::new();
        for scene in scenes {
            runs.push(scene.figures(phase).await?);
        }
        self.progress.end(phase);
        Ok(runs)
    }
}

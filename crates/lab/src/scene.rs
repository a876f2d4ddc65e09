//! A run of one stack: its parts are started, looked at, and asked in the end.

use std::{collections::BTreeMap, fs, net::SocketAddr, path::Path, time::Duration};

use tokio::{
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use crate::{
    Calls, Error, PartFigures, Run, Scrapes, SensorFigures, TargetFigures,
    ask::{Asker, TargetAnswer},
    ground::Ground,
    part::{Part, Start, free_address},
    plan::{Phase, SensorPlan},
    progress::Progress,
    stack::{Kind, OWN_JOB, configuration},
    track::Track,
};

/// The story's limit of a sensor service.
const SENSOR_BYTES_MAX: u64 = 64 << 20;
/// The story's limit of what scrapes and stores.
const STACK_BYTES_MAX: u64 = 128 << 20;
/// So many looks at each part, unless they would be too close or too far apart.
const LOOKS: u32 = 600;
const LOOK_PAUSE_MIN: Duration = Duration::from_millis(50);
const LOOK_PAUSE_MAX: Duration = Duration::from_millis(500);

/// The parts of a stack, running.
#[derive(Debug)]
pub(crate) struct Scene {
    kind: Kind,
    stack: Part,
    sensors: Vec<(Part, Calls)>,
}

/// What is started, and from which binaries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cast<'a> {
    pub kind: Kind,
    /// The stack's program.
    pub stack: &'a Path,
    /// The sensor service's.
    pub sensor: &'a Path,
}

impl Scene {
    /// Starts the sensors, then the stack that scrapes them, and waits until all answer.
    pub(crate) async fn set(phase: &Phase, cast: Cast<'_>, ground: &Ground) -> Result<Self, Error> {
        let mut sensors = Vec::new();
        for plan in &phase.sensors {
            sensors.push((start_sensor(phase, plan, cast, ground)?, Calls::default()));
        }
        for (sensor, _) in &mut sensors {
            sensor.wait_until_ready("/healthz").await?;
        }
        let mut stack = start_stack(phase, &sensors, cast, ground)?;
        stack.wait_until_ready("/-/ready").await?;
        Ok(Self { kind: cast.kind, stack, sensors })
    }

    fn look(&mut self, at: Duration) {
        self.stack.look(at);
        self.sensors.iter_mut().for_each(|(sensor, _)| sensor.look(at));
    }

    /// Memory of all parts together at the last look.
    pub(crate) fn memory_bytes(&self) -> u64 {
        self.tracks().filter_map(|track| track.last()).map(|sample| sample.memory_bytes).sum()
    }

    /// Its stack.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    fn tracks(&self) -> impl Iterator<Item = &Track> {
        [self.stack.track()].into_iter().chain(self.sensors.iter().map(|(sensor, _)| sensor.track()))
    }

    /// Asks the stack what became of its targets, then ends all parts.
    pub(crate) async fn figures(self, phase: &Phase) -> Result<Run, Error> {
        let told = match self.stack.has_ended() {
            true => None,
            false => Some(Told::ask(&Asker::new(self.stack.address)).await?),
        };
        let target = |job: &str| told.as_ref().map(|told| told.targets.get(job).cloned().unwrap_or_default());
        let sensors = phase.sensors.iter().zip(&self.sensors).map(|(plan, (part, calls))| SensorFigures {
            job: plan.job.clone(),
            faults: plan.faults.iter().map(ToString::to_string).collect(),
            part: part.figures(),
            target: target(&plan.job),
            calls: *calls,
        });
        Ok(Run {
            interval_ms: phase.interval_ms,
            stack: self.stack.figures(),
            sensors: sensors.collect(),
            whole: PartFigures::of(&Track::sum(self.tracks())),
            scrapes: told.as_ref().map(Told::scrapes),
            version: told.map(|told| told.version),
        })
    }
}

/// Lets the run take its time: looks at all parts, and calls the sensors as people do.
pub(crate) async fn play(scenes: &mut [Scene], phase: &Phase, duration: Duration, progress: &mut Progress) {
    let begin = Instant::now();
    let mut visits = JoinSet::new();
    let pause = Duration::from_millis(phase.interval_ms.unsigned_abs());
    for (scene, sensors) in scenes.iter().map(|scene| &scene.sensors).enumerate() {
        for (sensor, (part, _)) in sensors.iter().enumerate() {
            let asker = Asker::new(part.address);
            visits.spawn(async move { (scene, sensor, visit(asker, pause, begin + duration).await) });
        }
    }
    let mut looks = interval((duration / LOOKS).clamp(LOOK_PAUSE_MIN, LOOK_PAUSE_MAX));
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while begin.elapsed() < duration {
        looks.tick().await;
        scenes.iter_mut().for_each(|scene| scene.look(begin.elapsed()));
        let stacks = scenes.iter().map(|scene| (scene.kind().as_str(), scene.memory_bytes()));
        progress.show(phase, begin.elapsed(), stacks);
    }
    for (scene, sensor, calls) in visits.join_all().await {
        if let Some((_, sum)) = scenes.get_mut(scene).and_then(|scene| scene.sensors.get_mut(sensor)) {
            *sum = calls;
        }
    }
    // What ended meanwhile is not to be asked.
    scenes.iter_mut().for_each(|scene| scene.look(begin.elapsed()));
}

/// Calls `/sensor` once in each interval.
async fn visit(asker: Asker, pause: Duration, end: Instant) -> Calls {
    let mut calls = Calls::default();
    let mut next = Instant::now();
    while next < end {
        calls.made += 1;
        calls.answered += u64::from(asker.answers("/sensor").await);
        next = (next + pause).max(Instant::now());
        sleep_until(next.min(end)).await;
    }
    calls
}

fn start_sensor(phase: &Phase, plan: &SensorPlan, cast: Cast<'_>, ground: &Ground) -> Result<Part, Error> {
    let name = format!("{}-{}-{}", phase.name, cast.kind.as_str(), plan.job);
    let address = free_address()?;
    let mut arguments = vec!["sensor".to_owned(), "--simulate".to_owned(), format!("--listen={address}")];
    arguments.extend(plan.faults.iter().map(|fault| format!("--fault={fault}")));
    let folder = ground.folder(&name)?;
    let group = ground.group(&name, SENSOR_BYTES_MAX)?;
    Part::start(Start { name, program: cast.sensor, arguments, address, group, folder: &folder })
}

fn start_stack(
    phase: &Phase,
    sensors: &[(Part, Calls)],
    cast: Cast<'_>,
    ground: &Ground,
) -> Result<Part, Error> {
    let name = format!("{}-{}", phase.name, cast.kind.as_str());
    let (address, dashboard) = (free_address()?, free_address()?);
    let folder = ground.folder(&name)?;
    let jobs = phase.sensors.iter().map(|plan| plan.job.as_str());
    let mut targets: Vec<(&str, SocketAddr)> =
        jobs.zip(sensors.iter().map(|(part, _)| part.address)).collect();
    targets.push((OWN_JOB, address));
    let path = folder.join("prometheus.yml");
    fs::write(&path, configuration(phase.interval_ms, &targets))
        .map_err(|source| Error::Make { path, source })?;
    let arguments = cast.kind.arguments(&folder, address, dashboard);
    let group = ground.group(&name, STACK_BYTES_MAX)?;
    Part::start(Start { name, program: cast.stack, arguments, address, group, folder: &folder })
}

/// What a stack tells of a run.
struct Told {
    version: String,
    targets: BTreeMap<String, TargetFigures>,
}

impl Told {
    /// The store is as old as the run, so that a day is all of it.
    async fn ask(asker: &Asker) -> Result<Self, Error> {
        let answers = asker.targets().await?;
        let made = asker.query("count_over_time(up[1d])").await?;
        let worked = asker.query("sum_over_time(up[1d])").await?;
        let median = asker.query("quantile_over_time(0.5, scrape_duration_seconds[1d])").await?;
        let p99 = asker.query("quantile_over_time(0.99, scrape_duration_seconds[1d])").await?;
        let events = asker.query("last_over_time(sensor_failed_events_total[1d])").await?;
        let mut targets: BTreeMap<_, _> = answers.into_iter().map(by_job).collect();
        for (labels, value) in made {
            target(&mut targets, &labels).scrapes.made = value as u64;
        }
        for (labels, value) in worked {
            target(&mut targets, &labels).scrapes.worked = value as u64;
        }
        for (labels, value) in median {
            target(&mut targets, &labels).scrape_median_seconds = Some(value);
        }
        for (labels, value) in p99 {
            target(&mut targets, &labels).scrape_p99_seconds = Some(value);
        }
        for (labels, value) in events {
            let reason = labels.get("reason").cloned().unwrap_or_default();
            target(&mut targets, &labels).failed_events.insert(reason, value);
        }
        Ok(Self { version: asker.version().await?, targets })
    }

    /// Those of all targets.
    fn scrapes(&self) -> Scrapes {
        let sum = |of: fn(&Scrapes) -> u64| self.targets.values().map(|target| of(&target.scrapes)).sum();
        Scrapes { made: sum(|scrapes| scrapes.made), worked: sum(|scrapes| scrapes.worked) }
    }
}

fn by_job(answer: TargetAnswer) -> (String, TargetFigures) {
    let TargetAnswer { mut labels, health, last_error, cause, cure } = answer;
    let figures = TargetFigures { health, last_error, cause, cure, ..TargetFigures::default() };
    (labels.remove("job").unwrap_or_default(), figures)
}

/// The target that a series is about.
fn target<'a>(
    targets: &'a mut BTreeMap<String, TargetFigures>,
    labels: &BTreeMap<String, String>,
) -> &'a mut TargetFigures {
    targets.entry(labels.get("job").cloned().unwrap_or_default()).or_default()
}

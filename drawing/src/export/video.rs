use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use machine::FrameRate;
use outputs::Output;
use rustix::process::{Pid, Signal, kill_process_group};

use crate::image::Image;
use crate::{Error, Result};

/// The environment variable that names the ffmpeg to use, in the place of the one in `PATH`.
pub const FFMPEG: &str = "KARTSCOPE_FFMPEG";

/// Pictures that may wait for ffmpeg, so that it encodes while the next ones are drawn.
const MOST_PENDING: usize = 2;
/// How long ffmpeg may take over one picture, or over the end of the file, before it counts as hung.
const PATIENCE: Duration = Duration::from_secs(120);
/// Time between two checks whether ffmpeg has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(5);
/// How long reading ffmpeg's standard error may take once it has ended: the text is there, but the reading thread may be
/// slow.
const LOG_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of ffmpeg's standard error that are kept, and lines of it in an error.
const LOG_BYTES: usize = 4096;
const MESSAGE_LINES: usize = 5;

/// Why there is no video.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VideoError {
    /// The file's name has an ending that names no format.
    #[error("{}: expected a name that ends in .mp4 or .webm", path.display())]
    Ending {
        /// The file.
        path: PathBuf,
    },
    /// There is no such program.
    #[error(
        "video: expected the program {} (from PATH, or named by {FFMPEG}), found none: install ffmpeg \
         (Debian: apt install ffmpeg), or write a GIF, which needs no ffmpeg",
        Path::new(program).display()
    )]
    NotInstalled {
        /// The program's name.
        program: OsString,
    },
    /// The program is there but does not start.
    #[error("video: can't start {}: {source}", Path::new(program).display())]
    Start {
        /// The program.
        program: OsString,
        /// The system's error.
        source: std::io::Error,
    },
    /// ffmpeg ended before the last picture, or with an error.
    #[error("video: {} ended with {status}: {message}", Path::new(program).display())]
    Failed {
        /// The program.
        program: OsString,
        /// How it ended.
        status: ExitStatus,
        /// The last lines of its standard error.
        message: String,
    },
    /// ffmpeg neither takes pictures nor ends; it was killed.
    #[error(
        "video: {} did nothing for {} seconds: {message}",
        Path::new(program).display(),
        patience.as_secs_f32()
    )]
    Hung {
        /// The program.
        program: OsString,
        /// How long it was waited for.
        patience: Duration,
        /// The last lines of its standard error.
        message: String,
    },
    /// The caller's flag was set.
    #[error("video: interrupted")]
    Interrupted,
    /// A video needs a picture.
    #[error("video: expected at least one picture, found none")]
    Empty,
}

/// What a video is written as.
#[derive(Clone, Copy, Debug)]
enum Format {
    Mp4,
    Webm,
}

impl Format {
    fn of(path: &Path) -> Result<Self, VideoError> {
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        match ending.to_lowercase().as_str() {
            "mp4" => Ok(Self::Mp4),
            "webm" => Ok(Self::Webm),
            _ => Err(VideoError::Ending {
                path: path.to_owned(),
            }),
        }
    }

    /// ffmpeg's options for the encoder and the file.
    fn options(self) -> &'static [&'static str] {
        match self {
            Self::Mp4 => &[
                "-c:v",
                "libx264",
                "-preset",
                "fast",
                "-crf",
                "18",
                "-movflags",
                "+faststart",
                "-f",
                "mp4",
            ],
            Self::Webm => &[
                "-c:v",
                "libvpx-vp9",
                "-crf",
                "28",
                "-b:v",
                "0",
                "-deadline",
                "good",
                "-cpu-used",
                "4",
                "-row-mt",
                "1",
                "-f",
                "webm",
            ],
        }
    }
}

/// A video that an installed ffmpeg encodes, one picture a frame of the machine.
///
/// The output is committed when the video is whole. One that is dropped before leaves neither a file nor a process.
///
/// ```no_run
/// # fn main() -> drawing::Result<()> {
/// # let pictures: Vec<drawing::Image> = Vec::new();
/// # use std::path::Path;
/// # let frame_rate = machine::FrameRate { frames: 60, seconds: 1 };
/// use outputs::{Kind, Output};
///
/// let output = Output::begin(Path::new("race.mp4"), Kind::VIDEO)?;
/// let mut video = drawing::export::Video::create(output, 512, 768, frame_rate)?;
/// for picture in &pictures {
///     video.push(picture)?;
/// }
/// video.finish()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Video {
    size: (u32, u32),
    frames: usize,
    /// The pictures for the writing thread; `None` after the last.
    pictures: Option<SyncSender<Vec<u8>>>,
    /// For each picture, whether ffmpeg took it.
    taken: Receiver<std::io::Result<()>>,
    pending: usize,
    /// Declared before the output, since fields are dropped in order: the writing process must end first.
    ffmpeg: Ffmpeg,
    output: Output,
}

impl Video {
    /// A video of pictures of `width` x `height` pixels, as MP4 (H.264) or WebM (VP9) by the ending of the output's name,
    /// `.mp4` or `.webm`. Odd sizes are filled up with a black row or column, since the formats have even ones alone.
    ///
    /// The program is the one that the environment variable [`FFMPEG`] names, else the `ffmpeg` in `PATH`.
    ///
    /// # Errors
    /// [`VideoError::Ending`], [`VideoError::NotInstalled`] or [`VideoError::Start`].
    pub fn create(output: Output, width: u32, height: u32, frame_rate: FrameRate) -> Result<Self> {
        Self::start(&program(), output, (width, height), frame_rate, PATIENCE)
    }

    fn start(
        program: &OsStr,
        output: Output,
        size: (u32, u32),
        frame_rate: FrameRate,
        patience: Duration,
    ) -> Result<Self> {
        let format = Format::of(output.path())?;
        let arguments = arguments(format, size, frame_rate, &output.partial_path());
        let mut ffmpeg = Ffmpeg::start(program, &arguments, patience)?;
        let (pictures, waiting) = mpsc::sync_channel(MOST_PENDING);
        let (results, taken) = mpsc::channel();
        if let Some(stdin) = ffmpeg.stdin.take() {
            std::thread::spawn(move || write_pictures(stdin, &waiting, &results));
        }
        Ok(Self {
            size,
            frames: 0,
            pictures: Some(pictures),
            taken,
            pending: 0,
            ffmpeg,
            output,
        })
    }

    /// Waits for ffmpeg no longer once `flag` is set.
    #[must_use]
    pub fn interrupted_by(mut self, flag: &'static AtomicBool) -> Self {
        self.ffmpeg.interrupted = Some(flag);
        self
    }

    /// Adds a picture.
    ///
    /// # Errors
    /// [`Error::FrameSize`] for a picture of another size; [`VideoError::Failed`] or [`VideoError::Hung`] when ffmpeg takes
    /// no more, which a later picture or [`Video::finish`] may be the first to notice; [`VideoError::Interrupted`].
    pub fn push(&mut self, image: &Image) -> Result<()> {
        let found = (image.width(), image.height());
        if found != self.size {
            return Err(Error::FrameSize {
                frame: self.frames,
                expected: self.size,
                found,
            });
        }
        while self.pending >= MOST_PENDING {
            self.wait_for_picture()?;
        }
        let sent = self
            .pictures
            .as_ref()
            .is_some_and(|pictures| pictures.send(image.rgba().to_vec()).is_ok());
        if !sent {
            return Err(self.ffmpeg.ended_early().into());
        }
        self.pending += 1;
        self.frames += 1;
        Ok(())
    }

    /// Lets ffmpeg write the end, and commits the output.
    ///
    /// # Errors
    /// [`VideoError::Empty`] without a picture; [`VideoError::Failed`] or [`VideoError::Hung`] when ffmpeg does not end well;
    /// [`VideoError::Interrupted`]; [`Error::Output`] when the output can't be committed. There is no file then.
    pub fn finish(mut self) -> Result<()> {
        if self.frames == 0 {
            return Err(VideoError::Empty.into());
        }
        while self.pending > 0 {
            self.wait_for_picture()?;
        }
        // Without a sender the thread ends and closes ffmpeg's standard input, which ends the video.
        self.pictures = None;
        let status = self.ffmpeg.wait()?;
        if !status.success() {
            return Err(self.ffmpeg.failed(status).into());
        }
        Ok(self.output.commit()?)
    }

    fn wait_for_picture(&mut self) -> Result<(), VideoError> {
        let begin = Instant::now();
        loop {
            match self.taken.recv_timeout(POLL_INTERVAL) {
                Ok(Ok(())) => {
                    self.pending -= 1;
                    return Ok(());
                }
                Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => {
                    return Err(self.ffmpeg.ended_early());
                }
                Err(RecvTimeoutError::Timeout) => self.ffmpeg.check_patience(begin)?,
            }
        }
    }
}

/// The version line of the ffmpeg that videos are made with.
///
/// # Errors
/// [`VideoError::NotInstalled`], [`VideoError::Start`], or [`VideoError::Failed`] when it fails.
pub fn ffmpeg_version() -> Result<String, VideoError> {
    let program = program();
    let output = Command::new(&program)
        .arg("-version")
        .stdin(Stdio::null())
        .output()
        .map_err(|source| cannot_start(&program, source))?;
    if !output.status.success() {
        return Err(VideoError::Failed {
            program,
            status: output.status,
            message: last_lines(&output.stderr),
        });
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn program() -> OsString {
    let named = std::env::var_os(FFMPEG).filter(|name| !name.is_empty());
    named.unwrap_or_else(|| "ffmpeg".into())
}

/// ffmpeg's arguments: pictures from standard input, a video into `file`.
fn arguments(
    format: Format,
    (width, height): (u32, u32),
    FrameRate { frames, seconds }: FrameRate,
    file: &Path,
) -> Vec<OsString> {
    let (size, rate) = (format!("{width}x{height}"), format!("{frames}/{seconds}"));
    let mut filter = String::new();
    if width % 2 != 0 || height % 2 != 0 {
        filter += "pad=ceil(iw/2)*2:ceil(ih/2)*2,";
    }
    // The file names its colour matrix too: without it, players assume another one above a certain size.
    filter += "scale=out_color_matrix=bt709:out_range=tv";
    let input = [
        "-hide_banner",
        "-loglevel",
        "error",
        "-nostdin",
        "-y",
        "-f",
        "rawvideo",
        "-pixel_format",
        "rgba",
        "-video_size",
        &size,
        "-framerate",
        &rate,
        "-i",
        "pipe:0",
        "-an",
        "-vf",
        &filter,
        "-pix_fmt",
        "yuv420p",
        "-colorspace",
        "bt709",
        "-color_primaries",
        "bt709",
        "-color_trc",
        "bt709",
        "-color_range",
        "tv",
    ];
    // With the protocol's name, ffmpeg does not take a path such as `-x` or `pipe:1` for an option or a pipe.
    let mut output = OsString::from("file:");
    output.push(file);
    input
        .iter()
        .chain(format.options())
        .map(OsString::from)
        .chain([output])
        .collect()
}

/// Writes pictures to ffmpeg until there are no more or a write fails.
fn write_pictures(
    mut stdin: ChildStdin,
    waiting: &Receiver<Vec<u8>>,
    results: &mpsc::Sender<std::io::Result<()>>,
) {
    for picture in waiting {
        let written = stdin.write_all(&picture);
        let is_over = written.is_err();
        if results.send(written).is_err() || is_over {
            break;
        }
    }
}

/// Every ffmpeg that was started and may still run.
static RUNNING: Mutex<Vec<Weak<Mutex<Child>>>> = Mutex::new(Vec::new());

/// Kills every ffmpeg that writes a [`Video`], for a program that is about to end without destructors.
pub fn kill_encoders() {
    for child in lock(&RUNNING).iter().filter_map(Weak::upgrade) {
        kill(&mut lock(&child));
    }
}

/// A running ffmpeg; dropped, it is killed.
#[derive(Debug)]
struct Ffmpeg {
    program: OsString,
    child: Arc<Mutex<Child>>,
    stdin: Option<ChildStdin>,
    /// The longest time that it may take over a picture or the end of the file.
    patience: Duration,
    /// Once this flag is set, waiting ends with an error.
    interrupted: Option<&'static AtomicBool>,
    /// The end of its standard error so far.
    log: Arc<Mutex<Vec<u8>>>,
    /// Disconnects when its standard error is closed.
    log_closed: Receiver<()>,
}

impl Ffmpeg {
    fn start(
        program: &OsStr,
        arguments: &[OsString],
        patience: Duration,
    ) -> Result<Self, VideoError> {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        // A terminal's Ctrl-C goes to a whole process group: in a group of its own ffmpeg does not end by it, which would look
        // like a failure. The group is also what is killed, with the programs that ffmpeg runs.
        command.process_group(0);
        let mut child = command
            .spawn()
            .map_err(|source| cannot_start(program, source))?;
        let log = Arc::default();
        let (open_log, log_closed) = mpsc::channel();
        if let Some(stderr) = child.stderr.take() {
            let log = Arc::clone(&log);
            std::thread::spawn(move || {
                read_log(stderr, &log);
                drop(open_log);
            });
        }
        let stdin = child.stdin.take();
        let child = Arc::new(Mutex::new(child));
        let mut running = lock(&RUNNING);
        running.retain(|child| child.strong_count() > 0);
        running.push(Arc::downgrade(&child));
        Ok(Self {
            program: program.to_owned(),
            child,
            stdin,
            patience,
            interrupted: None,
            log,
            log_closed,
        })
    }

    /// Waits for its end.
    fn wait(&self) -> Result<ExitStatus, VideoError> {
        let begin = Instant::now();
        loop {
            let ended = lock(&self.child).try_wait();
            match ended {
                Ok(Some(status)) => return Ok(status),
                Ok(None) => self.check_patience(begin)?,
                Err(source) => return Err(cannot_start(&self.program, source)),
            }
            std::thread::sleep(POLL_INTERVAL);
        }
    }

    /// Fails, and kills ffmpeg, if it has not answered since `begin` for longer than its patience, or on an interruption.
    fn check_patience(&self, begin: Instant) -> Result<(), VideoError> {
        let is_set = |flag: &AtomicBool| flag.load(Ordering::SeqCst);
        if self.interrupted.is_some_and(is_set) {
            return Err(VideoError::Interrupted);
        }
        if begin.elapsed() < self.patience {
            return Ok(());
        }
        kill(&mut lock(&self.child));
        Err(VideoError::Hung {
            program: self.program.clone(),
            patience: self.patience,
            message: self.last_lines(),
        })
    }

    /// The error when ffmpeg takes no more pictures.
    fn ended_early(&self) -> VideoError {
        match self.wait() {
            Ok(status) => self.failed(status),
            Err(error) => error,
        }
    }

    fn failed(&self, status: ExitStatus) -> VideoError {
        // The channel only disconnects; nothing is sent through it.
        let _ = self.log_closed.recv_timeout(LOG_TIMEOUT);
        VideoError::Failed {
            program: self.program.clone(),
            status,
            message: self.last_lines(),
        }
    }

    fn last_lines(&self) -> String {
        last_lines(&lock(&self.log))
    }
}

impl Drop for Ffmpeg {
    fn drop(&mut self) {
        kill(&mut lock(&self.child));
    }
}

/// Kills a program and the programs that it runs; does nothing if it has ended.
fn kill(child: &mut Child) {
    if let Ok(None) = child.try_wait() {
        // There is nothing to do if one of them fails.
        let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
        let _ = child.wait();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads standard error to its end, and keeps the last bytes.
fn read_log(mut stderr: ChildStderr, log: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 1024];
    while let Ok(count @ 1..) = stderr.read(&mut buffer) {
        let mut log = lock(log);
        log.extend_from_slice(&buffer[..count]);
        let surplus = log.len().saturating_sub(LOG_BYTES);
        log.drain(..surplus);
    }
}

fn last_lines(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    match lines.as_slice() {
        [] => "it said nothing".to_owned(),
        lines => lines[lines.len().saturating_sub(MESSAGE_LINES)..].join("; "),
    }
}

fn cannot_start(program: &OsStr, source: std::io::Error) -> VideoError {
    let program = program.to_owned();
    match source.kind() {
        ErrorKind::NotFound => VideoError::NotInstalled { program },
        _ => VideoError::Start { program, source },
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;

    use outputs::Kind;
    use tempfile::TempDir;

    use super::*;
    use crate::export::fixture::{CONSOLE, square};

    /// A program in ffmpeg's place, which does what a file beside its output says.
    const FAKE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fake-ffmpeg");
    /// Long enough for any machine, where ffmpeg is to end.
    const LONG: Duration = Duration::from_secs(120);

    /// A folder in which the fake behaves so.
    fn folder(behaviour: &str) -> TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("behaviour"), behaviour).expect("written");
        folder
    }

    fn output(folder: &TempDir, name: &str) -> Output {
        Output::begin(&folder.path().join(name), Kind::OWN).expect("begun")
    }

    fn video(folder: &TempDir, name: &str, side: u32, patience: Duration) -> Video {
        let output = output(folder, name);
        Video::start(FAKE.as_ref(), output, (side, side), CONSOLE, patience).expect("started")
    }

    /// The folder's files but for the fake's own, sorted.
    fn files(folder: &TempDir) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder.path())
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .filter(|name| !["behaviour", "arguments", "process"].contains(&name.as_str()))
            .collect();
        names.sort();
        names
    }

    /// Waits until the fake has begun, then gives its process.
    fn process(folder: &TempDir) -> PathBuf {
        let path = folder.path().join("process");
        loop {
            let text = fs::read_to_string(&path).unwrap_or_default();
            if text.ends_with('\n') {
                return Path::new("/proc").join(text.trim());
            }
            std::thread::yield_now();
        }
    }

    fn arguments_of(folder: &TempDir) -> Vec<String> {
        let text = fs::read_to_string(folder.path().join("arguments")).expect("arguments");
        text.lines().map(str::to_owned).collect()
    }

    fn failure(video: Video) -> VideoError {
        match video.finish() {
            Err(Error::Video(error)) => error,
            other => panic!("expected a video's error, found {other:?}"),
        }
    }

    #[test]
    fn ffmpeg_reads_every_picture_in_order_at_the_consoles_rate() {
        let folder = folder("cat > \"$output\"");
        let mut video = video(&folder, "race.mp4", 4, LONG);
        let pictures: Vec<Image> = (0..20).map(|shade| square(4, shade * 10)).collect();
        for picture in &pictures {
            video.push(picture).expect("taken");
        }
        assert!(!folder.path().join("race.mp4").exists(), "not whole yet");
        video.finish().expect("whole");
        let read = fs::read(folder.path().join("race.mp4")).expect("the video");
        let sent: Vec<u8> = pictures
            .iter()
            .flat_map(|one| one.rgba().to_vec())
            .collect();
        assert!(read == sent, "{} bytes of {}", read.len(), sent.len());
        assert_eq!(files(&folder), ["race.mp4"]);

        let arguments = arguments_of(&folder);
        let value = |option: &str| {
            let at = arguments.iter().position(|argument| argument == option);
            at.map(|at| arguments[at + 1].as_str())
        };
        assert_eq!(value("-framerate"), Some("33513982/560190"));
        assert_eq!(value("-video_size"), Some("4x4"));
        assert_eq!(value("-pixel_format"), Some("rgba"));
        assert_eq!(value("-c:v"), Some("libx264"));
        assert_eq!(value("-pix_fmt"), Some("yuv420p"));
        assert_eq!(value("-movflags"), Some("+faststart"));
        assert!(
            arguments
                .last()
                .is_some_and(|last| last.starts_with("file:"))
        );
    }

    #[test]
    fn the_ending_decides_the_format_and_odd_sizes_are_filled_up() {
        let folder = folder("cat > \"$output\"");
        let mut video = video(&folder, "RACE.WebM", 5, LONG);
        video.push(&square(5, 0)).expect("taken");
        video.finish().expect("whole");
        let arguments = arguments_of(&folder);
        assert!(
            arguments.contains(&"libvpx-vp9".to_owned()),
            "{arguments:?}"
        );
        assert!(arguments.iter().any(|argument| argument.contains("pad=")));
        let error =
            Video::create(output(&folder, "race.avi"), 4, 4, CONSOLE).expect_err("no format");
        let said = error.to_string();
        assert!(
            said.contains("race.avi") && said.contains(".mp4 or .webm"),
            "{said}"
        );
    }

    #[test]
    fn an_error_has_the_last_lines_or_says_that_there_are_none() {
        assert_eq!(last_lines(b"1\n\n 2 \n3\n4\n5\n6\n"), "2; 3; 4; 5; 6");
        assert_eq!(last_lines(b" \n"), "it said nothing");
    }

    #[test]
    fn a_missing_program_is_named_with_what_to_do() {
        let folder = folder("");
        let output = output(&folder, "race.mp4");
        let error = Video::start("no-such-ffmpeg".as_ref(), output, (4, 4), CONSOLE, LONG);
        let said = error.expect_err("there is none").to_string();
        for text in ["no-such-ffmpeg", "apt install ffmpeg", FFMPEG, "GIF"] {
            assert!(said.contains(text), "{text:?} in {said}");
        }
        assert!(files(&folder).is_empty());
    }

    #[test]
    fn a_program_that_breaks_off_is_reported_with_its_last_lines_and_leaves_nothing() {
        let folder = folder(
            "head -c 100 > \"$output\"; for n in 1 2 3 4 5 6 7 8; do echo \"line $n\" >&2; done; exit 3",
        );
        let mut video = video(&folder, "race.mp4", 64, LONG);
        fs::write(folder.path().join("race.mp4"), "an older one").expect("written");
        let picture = square(64, 0);
        // A few pictures fit into the pipe before the program is missed.
        let error = loop {
            if let Err(error) = video.push(&picture) {
                break error.to_string();
            }
        };
        drop(video);
        assert!(error.contains("exit status: 3"), "{error}");
        assert!(
            error.contains("line 4; line 5; line 6; line 7; line 8"),
            "{error}"
        );
        assert!(!error.contains("line 3"), "{error}");
        assert_eq!(files(&folder), ["race.mp4"]);
        let older = fs::read_to_string(folder.path().join("race.mp4")).expect("still there");
        assert_eq!(older, "an older one");
    }

    #[test]
    fn a_program_that_ends_badly_leaves_nothing() {
        let folder = folder("cat > \"$output\"; echo 'no room' >&2; exit 1");
        let mut video = video(&folder, "race.mp4", 4, LONG);
        video.push(&square(4, 0)).expect("taken");
        let error = failure(video).to_string();
        assert!(
            error.contains("exit status: 1") && error.contains("no room"),
            "{error}"
        );
        assert!(files(&folder).is_empty());
    }

    #[test]
    fn endless_output_neither_block_nor_fill_memory() {
        let folder = folder(
            "i=0; while [ $i -lt 20000 ]; do echo 'line after line' >&2; i=$((i+1)); done; cat > \"$output\"; exit 1",
        );
        let mut video = video(&folder, "race.mp4", 4, LONG);
        video.push(&square(4, 0)).expect("taken");
        let error = failure(video).to_string();
        assert!(error.len() < 1000, "{}", error.len());
    }

    #[test]
    fn a_program_that_hangs_at_the_end_or_takes_nothing_is_killed() {
        let at_the_end = "cat > \"$output\"; exec sleep 600";
        let from_the_start = "exec sleep 600";
        for (behaviour, side) in [(at_the_end, 4), (from_the_start, 256)] {
            let folder = folder(behaviour);
            let mut video = video(&folder, "race.mp4", side, Duration::from_millis(300));
            let running = process(&folder);
            let picture = square(side, 0);
            let pushed = (0..3).try_for_each(|_| video.push(&picture));
            let error = match pushed {
                Ok(()) => failure(video),
                Err(Error::Video(error)) => {
                    drop(video);
                    error
                }
                Err(other) => panic!("{other}"),
            };
            assert!(matches!(error, VideoError::Hung { .. }), "{error}");
            assert!(!running.exists(), "the process is gone");
            assert!(files(&folder).is_empty());
        }
    }

    #[test]
    fn a_dropped_video_leaves_neither_a_file_nor_a_process() {
        let folder = folder("cat > \"$output\"; exec sleep 600");
        let mut video = video(&folder, "race.mp4", 4, LONG);
        video.push(&square(4, 0)).expect("taken");
        let running = process(&folder);
        assert!(running.exists());
        drop(video);
        assert!(!running.exists(), "the process is gone");
        assert!(files(&folder).is_empty());
    }

    #[test]
    fn a_video_without_pictures_and_pictures_of_another_size_are_refused() {
        let folder = folder("cat > \"$output\"");
        assert!(matches!(
            failure(video(&folder, "race.mp4", 4, LONG)),
            VideoError::Empty
        ));
        let mut video = video(&folder, "race.mp4", 4, LONG);
        let error = video.push(&square(5, 0)).expect_err("too large");
        assert_eq!(
            error.to_string(),
            "frame 0: expected (4, 4) pixels, found (5, 5)"
        );
        drop(video);
        assert!(files(&folder).is_empty());
    }

    /// Every picture of the video, as ffmpeg reads it back: RGB of 3 bytes a pixel.
    fn decoded(path: &Path) -> Vec<u8> {
        let output = Command::new(program())
            .args(["-loglevel", "error", "-i"])
            .arg(path)
            .args(["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"])
            .output()
            .expect("ffmpeg");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }

    #[test]
    #[allow(clippy::print_stdout, reason = "tests say when they skip")]
    fn a_real_ffmpeg_keeps_pictures_and_colours() {
        if let Err(error) = ffmpeg_version() {
            println!("skipped: {error}");
            return;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let colour = [200, 40, 90];
        let picture = Image::new(
            32,
            32,
            [colour[0], colour[1], colour[2], 255].repeat(32 * 32),
        )
        .expect("a picture");
        for name in ["race.mp4", "race.webm"] {
            let path = folder.path().join(name);
            let mut video = Video::create(output(&folder, name), 32, 32, CONSOLE).expect("started");
            for _ in 0..30 {
                video.push(&picture).expect("taken");
            }
            video.finish().expect("whole");
            let pixels = decoded(&path);
            assert_eq!(pixels.len(), 30 * 32 * 32 * 3, "{name}");
            let far = |pixel: &[u8]| pixel.iter().zip(colour).any(|(a, b)| a.abs_diff(b) > 6);
            let wrong = pixels.chunks_exact(3).find(|pixel| far(pixel));
            assert_eq!(wrong, None, "{name}");
        }
        assert_eq!(files(&folder), ["race.mp4", "race.webm"]);
    }
}

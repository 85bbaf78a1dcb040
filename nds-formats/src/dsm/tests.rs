use proptest::prelude::*;

use super::*;
use crate::pad::{Commands, Pad, Touch};

/// As DeSmuME 0.9.12 writes a movie.
const NEW: &str = "\
version 2
emuVersion 91200
rerecordCount 3
romFilename game
romChecksum 0012ABCD
romSerial NTR-AMCE-USA
guid 01234567-89AB-CDEF-0123-456789ABCDEF
useExtBios 0
useExtFirmware 0
firmNickname yopyop
firmMessage hi there
firmFavColour 9
firmBirthMonth 12
firmBirthDay 31
firmLanguage 2
advancedTiming 1
jitBlockSize 50
rtcStartNew 2010-OCT-04 02:16:44:007
comment author somebody
comment two words
savestate 0
sram base64:AQIDBA==
micsample0 base64:AAAA
|0|.............000 000 0 000|
|0|R......A...E.000 000 0 000|
|1|.LDUTSBAYXWEG255 191 1 017|
";

fn error(text: &str) -> String {
    Movie::parse(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn fields_read_as_they_were_meant() {
    let movie = Movie::parse(NEW.as_bytes()).unwrap();
    assert_eq!(movie.frames[0], Frame::default());
    assert_eq!(movie.frames[1], Frame::pad(Pad::RIGHT | Pad::A | Pad::R));
    let all = Frame {
        pad: Pad::all() - Pad::RIGHT,
        touch: Some(Touch { x: 255, y: 191 }),
        microphone: 17,
        commands: Commands::MICROPHONE,
    };
    assert_eq!(movie.frames[2], all);
    let header = &movie.header;
    assert_eq!(header.rom_checksum(), Ok(Some(0x0012_ABCD)));
    assert_eq!(header.rom_serial().as_deref(), Some("NTR-AMCE-USA"));
    assert_eq!(header.rom_filename().as_deref(), Some("game"));
    assert_eq!(header.jit_block_size(), Ok(50));
    assert_eq!(header.advanced_timing(), Ok(Some(true)));
    let start = DateTime {
        year: 2010,
        month: 10,
        day: 4,
        hour: 2,
        minute: 16,
        second: 44,
        millisecond: 7,
    };
    assert_eq!(header.rtc_start(), Ok(start));
    assert_eq!(
        header.comments().collect::<Vec<_>>(),
        ["author somebody", "two words"]
    );
    assert_eq!(header.sram(), Ok(Some(vec![1, 2, 3, 4])));
    let firmware = Firmware {
        nickname: "yopyop".into(),
        message: "hi there".into(),
        favourite_colour: 9,
        birth_month: 12,
        birth_day: 31,
        language: 2,
    };
    assert_eq!(header.firmware(), Ok(firmware));
}

#[test]
fn movies_are_written_back_byte_for_byte() {
    let older = NEW
        .replace("version 2", "version 1")
        .replace(" 000|", "|")
        .replace(" 017|", "|");
    let samples = [
        NEW.to_string(),
        older.clone(),
        NEW.replace('\n', "\r\n"),
        // Mixed line endings, none at the end, blank lines, a frame in a hand-written form.
        older.replacen('\n', "\r\n", 3).trim_end().to_string(),
        NEW.replace(
            "|0|R......A...E.000 000 0 000|",
            "\n  \n|0|R......a...E.000 000 0 000|\t",
        ),
        NEW.replace("000 000 0 000|\n|0|R", "001 002 0 000|\n|00|R") + "\n\n",
        NEW.replace("comment two words", "\nunknownKey  with   blanks \nnoValue"),
        "version 1".to_string(),
    ];
    for text in samples {
        let movie = Movie::parse(text.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(movie.to_bytes()).unwrap(), text);
    }
}

#[test]
fn older_movies_have_no_microphone_field() {
    let mut movie = Movie::parse(b"version 1\n|0|.............000 000 0|\n").unwrap();
    movie.frames.push(Frame::pad(Pad::B));
    movie.frames.push(Frame {
        microphone: 1,
        ..Frame::default()
    });
    let text = String::from_utf8(movie.to_bytes()).unwrap();
    let lines: Vec<&str> = text.lines().skip(2).collect();
    assert_eq!(
        lines,
        [
            "|0|......B......000 000 0|",
            "|0|.............000 000 0 001|"
        ]
    );
}

#[test]
fn a_changed_frame_is_written_anew() {
    let mut movie = Movie::parse(b"version 1\n|0|r............000 000 0 000|\n").unwrap();
    assert_eq!(movie.frames[0].pad, Pad::RIGHT);
    movie.frames[0].pad |= Pad::A;
    assert!(
        movie
            .to_bytes()
            .ends_with(b"\n|0|R......A.....000 000 0 000|\n")
    );
}

#[test]
fn new_movies_have_the_keys_in_desmumes_order() {
    let mut movie = Movie::new();
    movie.frames.push(Frame::pad(Pad::START));
    let header = &mut movie.header;
    header.set_sram(Some(b"abc"));
    header.add_comment("author x\n\nsecond");
    header.set_rom_serial("NTR-AMCE-USA").unwrap();
    header.set_rom_checksum(0xAB);
    header.set_rom_filename("game").unwrap();
    header.add_comment("third");
    let expected = "\
version 2
emuVersion 91200
rerecordCount 0
romFilename game
romChecksum 000000AB
romSerial NTR-AMCE-USA
guid 00000000-0000-0000-0000-000000000000
useExtBios 0
useExtFirmware 0
firmNickname DeSmuME
firmMessage DeSmuME makes you happy!
firmFavColour 7
firmBirthMonth 6
firmBirthDay 23
firmLanguage 1
advancedTiming 1
jitBlockSize 100
rtcStartNew 2009-JAN-01 00:00:00:000
comment author x
comment second
comment third
savestate 0
sram base64:YWJj
|0|.....S.......000 000 0 000|
";
    assert_eq!(String::from_utf8(movie.to_bytes()).unwrap(), expected);
    assert_eq!(Movie::parse(expected.as_bytes()).unwrap(), movie);
}

#[test]
fn setters_replace_what_stood_there() {
    let mut header = Movie::parse(NEW.as_bytes()).unwrap().header;
    let start = DateTime {
        year: 2024,
        month: 2,
        day: 29,
        ..DateTime::default()
    };
    header.set_rtc_start(start).unwrap();
    header
        .set_firmware(&Firmware {
            message: String::new(),
            ..Firmware::default()
        })
        .unwrap();
    header.set_jit_block_size(0);
    header.set_sram(None);
    header.remove_comments(|comment| comment.starts_with("author"));
    assert_eq!(header.rtc_start(), Ok(start));
    assert_eq!(header.jit_block_size(), Ok(0));
    assert_eq!(header.sram(), Ok(None));
    assert_eq!(header.comments().collect::<Vec<_>>(), ["two words"]);
    // DeSmuME would read the next line as an empty value's.
    assert_eq!(header.get("firmMessage"), None);
    assert!(header.set("romFilename", "two\nlines").is_err());
    assert!(header.set("two words", "value").is_err());
    assert!(header.set("|", "value").is_err());
    assert!(
        header
            .set_rtc_start(DateTime {
                year: 2023,
                ..start
            })
            .is_err()
    );
}

#[test]
fn absent_keys_mean_what_desmume_takes_them_for() {
    let header = Movie::parse(b"version 1\n").unwrap().header;
    assert_eq!(header.jit_block_size(), Ok(0));
    assert_eq!(header.rtc_start(), Ok(DateTime::default()));
    assert_eq!(header.firmware(), Ok(Firmware::default()));
    assert_eq!((header.rom_checksum(), header.sram()), (Ok(None), Ok(None)));
    let old =
        Movie::parse(b"version 1\nrtcStart 2011-12-31T23:59:58Z\njitBlockSize 101\n").unwrap();
    assert_eq!(
        old.header.rtc_start().unwrap().to_string(),
        "2011-DEC-31 23:59:58:000"
    );
    assert_eq!(old.header.jit_block_size(), Ok(0));
}

#[test]
fn binary_data_may_be_hexadecimal() {
    let sram = |value: &str| {
        Movie::parse(format!("version 1\nsram {value}\n").as_bytes())
            .unwrap()
            .header
            .sram()
    };
    assert_eq!(sram("0x00fFA0"), Ok(Some(vec![0, 0xFF, 0xA0])));
    for bad in ["0x0", "0xGG", "base64:A", "base64:!!!!", "12", "0x0\u{e9}"] {
        assert!(
            sram(bad)
                .unwrap_err()
                .to_string()
                .contains("header key sram"),
            "{bad}"
        );
    }
}

#[test]
fn what_is_not_handled_is_refused_clearly() {
    let header = |line: &str| {
        Movie::parse(format!("version 1\n{line}\n").as_bytes())
            .unwrap()
            .header
    };
    let state = header("savestate 1");
    assert_eq!(state.starts_from_state(), Ok(true));
    let message = state.sram().unwrap_err().to_string();
    assert_eq!(
        message,
        "movie, header key savestate: a start from a save state is not supported"
    );
    assert!(header("useExtBios 1").firmware().is_err());
    assert!(header("useExtFirmware 1").firmware().is_err());
    assert!(header("jitBlockSize many").jit_block_size().is_err());
    assert!(header("romChecksum +1").rom_checksum().is_err());
    assert!(
        header("rtcStartNew 2010-FEB-30 00:00:00:000")
            .rtc_start()
            .is_err()
    );
}

/// Movies that other programs write, or that other versions of DeSmuME do.
const FOREIGN: [&str; 5] = [
    // "Not said" for a checksum and a serial, an identifier cut short, a date in the older form.
    "version 2\r\nromChecksum null\r\nromSerial null\r\nrerecordCount 3\r\n\
     guid 01234567-89AB-CDEF-0123-456789ABCDE\r\nrtcStartNew 2024-02-29T23:59:58Z\r\n\
     |0|.............000 000 0 000|\r\n|0|R............000 000 0 000|\r\n",
    // No version, no microphone, a count that does not count.
    "rerecordCount -1\n|0|.............000 000 0|\n|0|R............000 000 0|\n",
    // The version anywhere.
    "emuVersion 91200\njitBlockSize 0\nversion 2\nrerecordCount 3\n\
     |0|.............000 000 0 000|\n|0|R............000 000 0 000|\n",
    // Keys and columns of a version to come.
    "version 3\nrerecordCount 3\nfutureKey a b\n\
     |0|.............000 000 0 000|5| x y|\n|0|R............000 000 0 000||\n",
    "version 9\nrerecordCount 3\n|0|.............000 000 0|1 2 3|\n|0|R............000 000 0|4|\n",
];

#[test]
fn movies_of_other_programs_are_read_and_written_back() {
    for text in FOREIGN {
        let movie = Movie::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}{error}"));
        assert_eq!(
            movie.frames,
            [Frame::default(), Frame::pad(Pad::RIGHT)],
            "{text}"
        );
        assert_eq!(String::from_utf8(movie.to_bytes()).unwrap(), text);
    }
    let header = |index: usize| Movie::parse(FOREIGN[index].as_bytes()).unwrap().header;
    assert_eq!(header(0).rom_checksum(), Ok(None));
    assert_eq!(header(0).rom_serial(), None);
    assert_eq!(header(0).get("romSerial").as_deref(), Some("null"));
    assert_eq!(
        header(0).rtc_start().unwrap().to_string(),
        "2024-FEB-29 23:59:58:000"
    );
    assert_eq!(header(1).rerecord_count(), Ok(Some(-1)));
    assert_eq!(header(1).start(), Ok(Start::PowerOn));
    assert_eq!(header(2).rerecord_count(), Ok(Some(3)));
}

#[test]
fn unknown_columns_stay_with_their_frame_when_it_changes() {
    let mut movie = Movie::parse(FOREIGN[4].as_bytes()).unwrap();
    movie.frames[1].pad = Pad::A;
    movie.splice(0..0, [Frame::default()]).unwrap();
    let text = String::from_utf8(movie.to_bytes()).unwrap();
    assert!(
        text.ends_with(
            "|0|.............000 000 0|\n|0|.............000 000 0|1 2 3|\n\
             |0|.......A.....000 000 0|4|\n"
        ),
        "{text}"
    );
}

#[test]
fn a_state_in_the_movie_itself_is_named_as_such() {
    for value in ["base64:AAAA", "0x00FF"] {
        let text = format!("version 1\nsavestate {value}\n|0|.............000 000 0|\n");
        let header = Movie::parse(text.as_bytes()).unwrap().header;
        for error in [
            header.start().unwrap_err(),
            header.sram().unwrap_err(),
            header.starts_from_state().unwrap_err(),
        ] {
            assert_eq!(
                error.to_string(),
                "movie, header key savestate: a save state in the movie itself, as DeSmuME up to \
                 0.9.11 embeds it, is not supported"
            );
        }
    }
}

#[test]
fn lid_and_reset_survive_both_forms() {
    let text = "version 2\n|2|.............000 000 0 000|\n|4|.............000 000 0 000|\n\
                |7|.......A.....000 000 0 000|\n";
    let mut movie = Movie::parse(text.as_bytes()).unwrap();
    let commands: Vec<Commands> = movie.frames.iter().map(|frame| frame.commands).collect();
    assert_eq!(commands, [Commands::RESET, Commands::LID, Commands::all()]);
    movie.set_form(Form::Binary).unwrap();
    let mut movie = Movie::parse(&movie.to_bytes()).unwrap();
    movie.set_form(Form::Text).unwrap();
    assert_eq!(String::from_utf8(movie.to_bytes()).unwrap(), text);
}

/// The samples beside the project, where it has them.
#[test]
#[allow(clippy::print_stdout, reason = "tests say when they skip")]
fn samples_of_the_field_are_read_and_written_back() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/field");
    let Ok(entries) = std::fs::read_dir(folder) else {
        println!("skipped: ../shared/field is absent");
        return;
    };
    let mut read = 0;
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.ends_with(".dsm") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        match name.as_str() {
            "lfs_pointer.dsm" => assert!(Movie::parse(&bytes).is_err()),
            _ => {
                let movie = Movie::parse(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(movie.to_bytes(), bytes, "{name}");
                assert_eq!(movie.header.start().is_err(), name == "embedded_state.dsm");
                read += 1;
            }
        }
    }
    assert_eq!(read, 7);
}

/// [`NEW`] in the binary form, without its microphone sample.
fn binary() -> Vec<u8> {
    let header = NEW.split("|0|").next().unwrap();
    let header = header.replace("savestate 0", "binary 1\nsavestate 0");
    let frames = [
        [0, 0, 0, 0, 0, 0],
        [0, 0b0010_0010, 0b1_0000, 0, 0, 0],
        [1, 0xFF, 0x0F, 255, 191, 1],
    ];
    [header.as_bytes(), b"|", frames.as_flattened()].concat()
}

#[test]
fn the_binary_form_reads_as_the_text() {
    let movie = Movie::parse(&binary()).unwrap();
    assert_eq!(movie.form(), Form::Binary);
    let text = Movie::parse(NEW.replace(" 017|", " 000|").as_bytes()).unwrap();
    assert_eq!(movie.frames, text.frames);
    assert_eq!(movie.to_bytes(), binary());
}

#[test]
fn forms_turn_into_each_other() {
    let text = NEW.replace(" 017|", " 000|");
    for text in [text.clone(), text.replace('\n', "\r\n")] {
        let mut movie = Movie::parse(text.as_bytes()).unwrap();
        movie.set_form(Form::Binary).unwrap();
        let bytes = movie.to_bytes();
        if !text.contains('\r') {
            assert_eq!(bytes, binary());
        }
        let mut movie = Movie::parse(&bytes).unwrap();
        assert_eq!(movie.to_bytes(), bytes);
        movie.set_form(Form::Text).unwrap();
        assert_eq!(String::from_utf8(movie.to_bytes()).unwrap(), text);
        movie.set_form(Form::Text).unwrap();
        assert_eq!(String::from_utf8(movie.to_bytes()).unwrap(), text);
    }
    let mut sounding = Movie::parse(NEW.as_bytes()).unwrap();
    assert_eq!(
        sounding.set_form(Form::Binary).unwrap_err().to_string(),
        "movie, microphone sample of the binary form: expected 0, found 17 in frame 2"
    );
    assert_eq!(sounding.to_bytes(), NEW.as_bytes());
    let mut old = Movie::parse(b"version 1\n|0|.............000 000 0|\n").unwrap();
    old.set_form(Form::Binary).unwrap();
    let mut old = Movie::parse(&old.to_bytes()).unwrap();
    old.set_form(Form::Text).unwrap();
    assert_eq!(old.to_bytes(), b"version 1\n|0|.............000 000 0|\n");
}

#[test]
fn binary_movies_are_written_back_byte_for_byte() {
    let unusual = [0, 1, 0xE0, 3, 4, 0, 2, 0, 0, 0, 0, 7];
    let head = b"version 1\r\n\nbinary 2x\nunknown  key".as_slice();
    for file in [
        [head, b"\n \t|", &unusual].concat(),
        [head, b"\r\n|", &unusual].concat(),
        [head, b"\n|"].concat(),
        // A carriage return of the line's own before its ending.
        b"version 1\r\nbinary 1\r\r\n|".to_vec(),
        [head, b"\n"].concat(),
        head.to_vec(),
    ] {
        let movie = Movie::parse(&file).unwrap();
        assert_eq!(movie.form(), Form::Binary);
        assert_eq!(movie.to_bytes(), file);
    }
    let mut movie = Movie::parse(head).unwrap();
    movie.frames.push(Frame::pad(Pad::RIGHT));
    let bytes = movie.to_bytes();
    assert_eq!(bytes, [head, b"\n|\0\0\x10\0\0\0"].concat());
    assert_eq!(Movie::parse(&bytes).unwrap().frames, movie.frames);
    assert_eq!(
        Movie::parse(&[head, b"\n|", &[0; 13]].concat())
            .unwrap_err()
            .to_string(),
        "movie, frame 2: expected 6 bytes, found 1 bytes"
    );
    // No version: the frames make it a movie.
    assert_eq!(Movie::parse(b"binary 1\n|").unwrap().frames, []);
}

#[test]
fn a_splice_leaves_all_other_frames_as_they_stood() {
    let text = "version 1\n|0|r............000 000 0|\n\n|0|.l...........000 000 0|\n\
                |0|..d..........000 000 0|";
    let mut movie = Movie::parse(text.as_bytes()).unwrap();
    let after = |movie: &Movie| String::from_utf8(movie.to_bytes()).unwrap();
    let removed = movie
        .splice(1..2, [Frame::pad(Pad::A), Frame::pad(Pad::B)])
        .unwrap();
    assert_eq!(removed, [Frame::pad(Pad::LEFT)]);
    let changed = text.replace(
        "\n|0|.l...........000 000 0|",
        "|0|.......A.....000 000 0|\n|0|......B......000 000 0|",
    );
    assert_eq!(after(&movie), changed);
    movie.splice(1..3, []).unwrap();
    movie.splice(0..0, [Frame::default()]).unwrap();
    assert_eq!(
        after(&movie),
        "version 1\n|0|.............000 000 0|\n|0|r............000 000 0|\n\
         |0|..d..........000 000 0|"
    );
    assert_eq!(movie.splice(.., []).unwrap().len(), 3);
    assert_eq!(after(&movie), "version 1");
    for (start, end) in [(0, 1), (1, 1), (usize::MAX, 0)] {
        let error = movie.splice(start..end, []).unwrap_err().to_string();
        assert!(error.contains("range of frames"), "{error}");
    }
    assert!(movie.splice(..=usize::MAX, []).is_err());
}

#[test]
fn movies_say_how_they_start() {
    let mut header = Movie::new().header;
    for start in [Start::Sram(vec![1, 2]), Start::SaveState, Start::PowerOn] {
        header.set_start(&start);
        assert_eq!(header.start(), Ok(start));
    }
    header.set_start(&Start::SaveState);
    assert_eq!(header.get("savestate").as_deref(), Some("1"));
    assert_eq!(
        Start::state_file_name("a.b.dsm").as_deref(),
        Some("a.b.dst")
    );
    assert_eq!(Start::state_file_name("sm"), None);
    assert_eq!(Start::state_file_name("\u{1F3CE}x"), None);
}

#[test]
fn errors_name_line_expected_and_found() {
    assert_eq!(
        error(""),
        "movie, header: expected version and a number, or frames (|…|), found neither"
    );
    assert_eq!(
        error("|0|\n"),
        "movie, frame in line 1: expected 13 pad letters after the commands, found \"|0|\""
    );
    for wrong in ["twelve", "-1", "1 2", "https://example.org/1"] {
        assert_eq!(
            error(&format!("version {wrong}\n|0|.............000 000 0|\n")),
            format!(
                "movie, header: expected version and a number, or frames (|…|), found version \"{wrong}\""
            )
        );
    }
    assert_eq!(
        error("version 1\n|0|.............000 000 0 000|\n|0|........|\n"),
        "movie, frame in line 3: expected 13 pad letters after the commands, found \"|0|........|\""
    );
    for bad in [
        "|",
        "|0",
        "||.............000 000 0 000|",
        "|256|.............000 000 0 000|",
        "|0|.............256 000 0 000|",
        "|0|.............000 000|",
        "|0|.............000 000 0 000 0|",
        "|0|.............000 000 0 000|x",
        "|0|.............|000 000 0 000|",
        "|0|......|......000 000 0 000|",
        "|+1|.............000 000 0 000|",
    ] {
        assert!(
            error(&format!("version 1\n{bad}\n")).starts_with("movie, frame in line 2"),
            "{bad}"
        );
    }
    let late = "version 1\n|0|.............000 000 0 000|\ncomment late\n";
    assert_eq!(
        error(late),
        "movie, line 3: expected a frame (|…|), found \"comment late\""
    );
}

proptest! {
    #[test]
    fn any_frames_survive_the_text(
        inputs in proptest::collection::vec(
            (0..0x2000_u16, any::<Option<(u8, u8)>>(), any::<u8>(), any::<u8>()), 0..50),
    ) {
        let mut movie = Movie::new();
        movie.frames.extend(inputs.into_iter().map(|(pad, touch, microphone, commands)| Frame {
            pad: Pad::from_bits_retain(pad),
            touch: touch.map(|(x, y)| Touch { x, y }),
            microphone,
            commands: Commands::from_bits_retain(commands),
        }));
        prop_assert_eq!(&Movie::parse(&movie.to_bytes()).unwrap(), &movie);
        movie.frames.iter_mut().for_each(|frame| frame.microphone = 0);
        let text = movie.to_bytes();
        movie.set_form(Form::Binary).unwrap();
        let mut movie = Movie::parse(&movie.to_bytes()).unwrap();
        movie.set_form(Form::Text).unwrap();
        prop_assert_eq!(movie.to_bytes(), text);
    }

    #[test]
    fn any_binary_movie_is_written_back(records in proptest::collection::vec(any::<[u8; 6]>(), 0..9)) {
        let file = [b"version 2\nbinary 1\n|", records.as_flattened()].concat();
        let movie = Movie::parse(&file).unwrap();
        prop_assert_eq!(movie.frames.len(), records.len());
        prop_assert_eq!(movie.to_bytes(), file);
    }

    #[test]
    fn a_splice_is_that_of_the_frames(
        pads in proptest::collection::vec(0..4_u16, 0..12),
        ends in any::<[prop::sample::Index; 2]>(),
        new in 0..4_usize,
    ) {
        let line = |pad: u16| match pad {
            0 => "|0|R............000 000 0 000|\n",
            1 => "|0|r............000 000 0 000|\n",
            2 => "\n|0|.L...........000 000 0 000|\n",
            _ => "|0|.............000 000 0 000|\n",
        };
        // Blank lines before the first frame are the header's.
        let text = |pads: &[u16]| {
            let lines: String = pads.iter().map(|pad| line(*pad)).collect();
            format!("version 2\n{}{lines}", line(3))
        };
        let mut movie = Movie::parse(text(&pads).as_bytes()).unwrap();
        let mut ends = ends.map(|end| end.index(pads.len() + 1));
        ends.sort();
        movie.splice(1 + ends[0]..1 + ends[1], vec![Frame::default(); new]).unwrap();
        let mut spliced = pads;
        spliced.splice(ends[0]..ends[1], vec![3; new]);
        prop_assert_eq!(String::from_utf8(movie.to_bytes()).unwrap(), text(&spliced));
    }

    #[test]
    fn whatever_parses_is_written_back(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let bytes = [b"version 1\n".as_slice(), &bytes].concat();
        if let Ok(movie) = Movie::parse(&bytes) {
            prop_assert_eq!(movie.to_bytes(), bytes);
        }
    }

    #[test]
    fn a_mutated_movie_is_written_back_or_refused(
        changes in proptest::collection::vec((0..NEW.len(), any::<u8>()), 1..6),
        length in 0..=NEW.len(),
    ) {
        let mut bytes = NEW.as_bytes().to_vec();
        for (offset, value) in changes {
            bytes[offset] = value;
        }
        bytes.truncate(length);
        if let Ok(movie) = Movie::parse(&bytes) {
            let header = &movie.header;
            let _ = (header.sram(), header.firmware(), header.rtc_start(), header.jit_block_size());
            let _ = (header.rom_checksum(), header.advanced_timing(), header.entries().count());
            prop_assert_eq!(movie.to_bytes(), bytes);
        }
    }
}

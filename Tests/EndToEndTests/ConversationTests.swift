import JSONText
import TestSupport
import Testing

/// Conversations in a terminal.
@Suite(.enabled(if: Workbench.hasPython, "no /usr/bin/python3 to drive a pseudo-terminal"))
struct Conversations {
    var bench: Workbench

    /// What the screen shows when a line may be typed.
    static let ready = "Send a message"

    init() throws {
        bench = try Workbench()
        bench.quern.environment["TERM"] = "xterm"
        try bench.createSample()
    }

    private func converse(_ lines: String..., bench: Workbench? = nil) throws -> String {
        let typing = lines.map { (await: Self.ready, keys: $0 + "\r") }
        let (screen, exitCode) = try (bench ?? self.bench).onTerminal("run --nowordwrap --think=false chat", typing: typing)
        #expect(exitCode == 0, "\(screen)")
        return screen
    }

    private var history: String? {
        try? String(contentsOf: bench.folder.file(".ollama/history"), encoding: .utf8)
    }

    @Test func aQuestionIsAnsweredAndRemembered() throws {
        let screen = try converse("My name is Grace.", "What is my name?", "/bye")
        #expect(screen.contains(">>> "))
        #expect(screen.contains("Your name is Grace."))
        #expect(history == "My name is Grace.\nWhat is my name?\n/bye\n")
        // What was typed last comes back with the arrow.
        let again = try bench.onTerminal(
            "run --nowordwrap --think=false chat", typing: [(Self.ready, "\u{1B}[A\u{1B}[A\r"), (Self.ready, "\u{4}")])
        #expect(again.exitCode == 0 && again.screen.contains("What is my name?"))
    }

    @Test func noHistoryKeepsNothing() throws {
        var bench = bench
        bench.quern.environment["OLLAMA_NOHISTORY"] = "1"
        _ = try converse("Hello there!", "/bye", bench: bench)
        #expect(history == nil)
    }

    @Test func severalLinesAreOneMessage() throws {
        let wanted = try bench.quern.run("run", "--think=false", "chat", "Why is\nthe sky blue?").output.dropLast(2)
        let (screen, exitCode) = try bench.onTerminal(
            "run --nowordwrap --think=false chat",
            typing: [
                (Self.ready, "\"\"\"Why is\r"), ("to end multi-line input", "the sky blue?\"\"\"\r"), (Self.ready, "/bye\r"),
            ])
        #expect(exitCode == 0)
        #expect(screen.contains(wanted.replacing("\n", with: "\r\n")), "\(screen)")
    }

    @Test func aSessionIsSavedAndLoaded() throws {
        let saved = try converse(
            "My name is Grace.", "/set system You are a pirate.", "/set parameter temperature 0.25", "/save grace", "/save",
            "/save a//b",
            "/bye")
        #expect(saved.contains("Created new model 'grace'"))
        #expect(saved.contains("/save <modelname>") && saved.contains("error: The model name 'a//b' is invalid"))
        let shown = try bench.show("grace")
        #expect(shown["messages"]?.array?.first?["content"]?.string == "My name is Grace.")
        #expect(shown["messages"]?.array?.count == 2 && shown["system"]?.string == "You are a pirate.")
        #expect(shown["parameters"]?.string?.contains("0.25") == true)
        let loaded = try converse("/load grace", "/set system", "What is my name?", "/bye")
        #expect(loaded.contains("Loading model 'grace'") && loaded.contains("Your name is Grace."))
    }

    @Test func settingsAreSetAndShown() throws {
        let screen = try converse(
            "/set system You are a pirate.", "/show system", "/set parameter temperature 0.5", "/set parameter stop a b",
            "/set parameter top_k many", "/show parameters", "/show template", "/show license", "/set verbose", "/list", "/clear",
            "/?", "/what",
            "/load gone", "/bye")
        for text in [
            "Set system message.", "You are a pirate.", "Set parameter 'temperature' to '0.5'", "Set parameter 'stop' to 'a, b'",
            "Couldn't set parameter: ", "Model defined parameters:", "User defined parameters:", "<|im_start|>assistant",
            "No license was specified for this model.", "Set 'verbose' mode.", "chat:latest", "Cleared session context",
            "Available Commands:", "Unknown command '/what'. Type /? for help", "Couldn't find model 'gone'",
        ] {
            #expect(screen.contains(text), "\(text)")
        }
    }

    @Test func aSystemTextIsHeard() throws {
        let screen = try converse("/set system You are a pirate.", "Why is the sky blue?", "/bye")
        let asked = try bench.create("pirate", "FROM chat\nSYSTEM You are a pirate.")
        #expect(asked.exitCode == 0)
        let wanted = try bench.quern.run("run", "--think=false", "pirate", "Why is the sky blue?").output.dropLast(2)
        #expect(screen.contains(wanted))
    }

    @Test func controlKeysClearAndLeave() throws {
        let (screen, exitCode) = try bench.onTerminal(
            "run --nowordwrap --think=false chat",
            typing: [
                (Self.ready, "\u{3}"), ("Use Ctrl + d or /bye to exit.", "nonsense"), ("nonsense", "\u{3}"),
                (Self.ready, "\u{4}"),
            ])
        #expect(exitCode == 0, "\(screen)")
        #expect(history == nil)
    }

    @Test func anAnswerIsInterrupted() throws {
        try bench.write(.llama(width: 256, blocks: 8), to: "slow.gguf")
        try bench.create("slow", "FROM ./slow.gguf\nPARAMETER temperature 0\nPARAMETER num_predict 3\nTEMPLATE {{ .Prompt }}")
        // What the model begins with shows that it has begun.
        let beginning = Self.shown(String(try bench.quern.run("run", "slow", "ab").output.unicodeScalars.prefix(1)))
        try bench.create("slow", "FROM slow\nPARAMETER num_predict 100000\nPARAMETER repeat_penalty 1")
        let (screen, exitCode) = try bench.onTerminal(
            "run --nowordwrap slow",
            typing: [
                (Self.ready, "ab\r"), ("\u{1B}[?2004l" + beginning, "\u{3}"), (Self.ready, "/set nothink\r"),
                (Self.ready, "/bye\r"),
            ])
        #expect(exitCode == 0, "\(screen.suffix(200))")
        #expect(screen.contains("Set 'nothink' mode."))
    }

    /// What a terminal gets of a text: control characters come as pictures.
    private static func shown(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 0x20 ? Unicode.Scalar(0x2400 + $0.value) ?? $0 : $0.value == 0x7F ? "␡" : $0 })
        )
    }

    @Test func aDumbTerminalGetsPlainText() throws {
        var bench = bench
        bench.quern.environment["TERM"] = "dumb"
        let (screen, exitCode) = try bench.onTerminal(
            "run --nowordwrap --think=false chat", typing: [(">>> ", "Hello there!\r"), ("today?\r\n\r\n>>> ", "/bye\r")])
        #expect(exitCode == 0)
        #expect(screen.contains("Hello! How can I help you today?") && !screen.contains("\u{1B}"))
    }
}

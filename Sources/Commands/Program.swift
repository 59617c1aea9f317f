import ArgumentParser
import Bytes
import Compute
import Glibc
import ModelStore

/// The whole program: arguments in, exit code out.
public enum Program {
    /// Runs the command that `arguments` (the program's name first) ask for.
    ///
    /// - Returns: 0 for success, 1 when the command failed, 2 for a command line that makes no sense (1 under the name `ollama`).
    public static func run(arguments: [String]) -> Int32 {
        StandardStream.openClosed()
        Interruption.watch()
        let invocation = Invocation(program: arguments.first)
        let words = invocation.normalized(Array(arguments.dropFirst()))
        do {
            // Asked for before anything else is looked at, so that it costs nothing.
            if words == ["--version"] || words == ["-v"] {
                try Console.putLine(invocation.versionText)
                return 0
            }
            var command = try QuernCommand.parseAsRoot(words)
            try KernelTable.checkEnvironment()
            try command.run()
            return 0
        } catch {
            return Failure(error, invocation).report()
        }
    }
}

/// An error on its way to the user: told once, on standard error, with the exit code that fits.
struct Failure {
    private let error: any Error
    private let invocation: Invocation

    init(_ error: any Error, _ invocation: Invocation) {
        (self.error, self.invocation) = (error, invocation)
    }

    func report() -> Int32 {
        if isClosedPipe { return 0 }
        if isInterruption { return invocation.interruptedExitCode }
        if let reported = error as? AlreadyReported { return reported.exitCode }
        let exit = QuernCommand.exitCode(for: error)
        if exit == .success {
            // Help that was asked for.
            try? Console.put(QuernCommand.fullMessage(for: error).appendingNewline)
            return 0
        }
        if Self.isUsageError(exit) {
            Console.note(invocation.errorPrefix + Self.usageText(QuernCommand.fullMessage(for: error)))
            return invocation.usageExitCode
        }
        Console.note(invocation.errorPrefix + "\(error)")
        return 1
    }

    /// Whoever read our output has what they wanted (`quern list | head -1`).
    private var isClosedPipe: Bool { (error as? BytesError)?.code == EPIPE }

    /// The user asked to stop; the store and a stream that was waited for say so in their own words.
    private var isInterruption: Bool {
        error is Interrupted || error as? StoreError == .cancelled || (error as? BytesError)?.code == EINTR
    }

    private static func isUsageError(_ code: ExitCode) -> Bool { code == .validationFailure }

    /// ArgumentParser starts its text with a word that we have said already.
    private static func usageText(_ message: String) -> String {
        message.hasPrefix("Error: ") ? String(message.dropFirst("Error: ".count)) : message
    }
}

/// Thrown after a command told its errors itself, as diagnostics or lines of their own.
struct AlreadyReported: Error {
    var exitCode: Int32 = 1
}

extension String {
    fileprivate var appendingNewline: String { hasSuffix("\n") ? self : self + "\n" }
}

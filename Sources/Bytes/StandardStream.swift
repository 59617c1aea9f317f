import CLinux
import Glibc

/// The process's own streams, unbuffered: what is written is out, and a failure is an error rather than a lost line.
public enum StandardStream: Int32, Sendable {
    case input = 0
    case output = 1
    case error = 2

    private var name: String {
        switch self {
        case .input: "standard input"
        case .output: "standard output"
        case .error: "standard error"
        }
    }

    /// Opens those that the caller closed on nothing. Called once, before any file is opened.
    public static func openClosed() { quern_open_standard_streams() }

    public var isTerminal: Bool { isatty(rawValue) == 1 }

    public func write(_ text: String) throws(BytesError) { try write(Array(text.utf8)) }

    public func write(_ bytes: [UInt8]) throws(BytesError) {
        var done = 0
        while done < bytes.count {
            done += try bytes.span.bytes.withUnsafeBytes { buffer throws(BytesError) in
                try SystemCall.check("write to", name) {
                    Glibc.write(rawValue, buffer.baseAddress.map { $0 + done }, bytes.count - done)
                }
            }
        }
    }

    /// Reads what is there, up to `limit` bytes; nothing at the end of the stream.
    ///
    /// - Throws: `BytesError.system`, with EINTR when the user asked to stop while there was nothing to read.
    public func read(upTo limit: Int) throws(BytesError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(rawValue, $0.baseAddress, $0.count) }
            if count >= 0 { return Array(buffer.prefix(count)) }
            guard errno == EINTR, !Interruption.isRequested else {
                throw .system(operation: "read from", path: name, code: errno)
            }
        }
    }

    /// Reads up to the end of the stream.
    ///
    /// - Throws: `BytesError.system` with EFBIG where there are more than `limit` bytes.
    public func readAll(limit: Int = 1 << 30) throws(BytesError) -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let more = try read(upTo: 1 << 16)
            if more.isEmpty { return all }
            all += more
            guard all.count <= limit else { throw .system(operation: "read", path: name, code: EFBIG) }
        }
    }
}

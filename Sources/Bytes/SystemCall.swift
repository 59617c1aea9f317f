import Glibc

/// The one door to system calls: retries EINTR and turns failure into a `BytesError` that names the path.
public enum SystemCall {
    @discardableResult
    public static func check<Result: BinaryInteger>(
        _ operation: String, _ path: String, _ call: () -> Result
    ) throws(BytesError) -> Result {
        while true {
            let result = call()
            if result >= 0 { return result }
            // A signal that asks to stop ends the wait; any other one does not.
            if errno != EINTR || Interruption.isRequested { throw .system(operation: operation, path: path, code: errno) }
        }
    }

    public static func reason(_ code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        let text = buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        return String(decoding: text, as: UTF8.self).lowercasedFirst
    }
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}

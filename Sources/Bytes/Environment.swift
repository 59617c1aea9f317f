import Glibc

/// The process's environment variables.
public enum Environment {
    public static subscript(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// The variables of those names that are set.
    public static func variables(_ names: [String]) -> [String: String] {
        var found: [String: String] = [:]
        for name in names { found[name] = self[name] }
        return found
    }

    /// The folder that is the user's own.
    public static var home: String { self["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "/" }

    /// The name of this machine.
    public static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The number of this process.
    public static var processNumber: Int { Int(getpid()) }

    /// The file that this program was started from.
    public static func programPath() throws(BytesError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = try SystemCall.check("find", "/proc/self/exe") { readlink("/proc/self/exe", &buffer, buffer.count) }
        return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// Why the server cannot run.
public enum ServerError: Error, Equatable, CustomStringConvertible {
    /// The address is taken, or is none of this machine's.
    case cannotListen(host: String, port: Int, problem: String)

    public var description: String {
        switch self {
        // Ollama's words, which scripts look for.
        case .cannotListen(let host, let port, let problem): "listen tcp \(host):\(port): bind: \(problem)"
        }
    }
}

public import Hummingbird
package import Logging
import NIOCore

/// What belongs to one request besides the request itself: the connection that it came on, and a logger with its number.
public struct ServerContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Nil where a request came from a test and not from the network.
    let channel: (any Channel)?

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// The context of a request that did not come over a network.
    package init(logger: Logger) {
        coreContext = CoreRequestContextStorage(source: LoggerSource(logger: logger))
        channel = nil
    }

    /// The request's number, as the log tells it.
    var requestID: String? { logger[metadataKey: "hb.request.id"].map { "\($0)" } }

    private struct LoggerSource: RequestContextSource { let logger: Logger }
}

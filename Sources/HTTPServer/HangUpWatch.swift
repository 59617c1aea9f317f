import NIOCore
import Synchronization

/// Notices that the client is gone, also while there is nothing to write to it: a prompt may take minutes before the first word.
///
/// As with Ollama's server, a client that closes its side of the connection has hung up, whether it still reads or not.
final class HangUpWatch: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = Any

    private struct State {
        var isGone = false
        var actions: [Int: @Sendable () -> Void] = [:]
        var lastTicket = 0
    }

    private let state = Mutex(State())

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { hangUp() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        hangUp()
        context.fireChannelInactive()
    }

    private func hangUp() {
        let actions = state.withLock { state in
            defer { state.actions = [:] }
            state.isGone = true
            return state.actions
        }
        for action in actions.values { action() }
    }

    /// Does something when the client hangs up, at once if it has; returns what takes that back.
    func onHangUp(_ action: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let ticket: Int? = state.withLock { state in
            guard !state.isGone else { return nil }
            state.lastTicket += 1
            state.actions[state.lastTicket] = action
            return state.lastTicket
        }
        guard let ticket else {
            action()
            return {}
        }
        return { [self] in state.withLock { $0.actions[ticket] = nil } }
    }
}

extension ServerContext {
    /// The watch of the request's connection; nil where there is none.
    private func watch() async -> HangUpWatch? { try? await channel?.pipeline.handler(type: HangUpWatch.self).get() }

    /// Does something when the client hangs up; returns what takes that back.
    func onHangUp(_ action: @escaping @Sendable () -> Void) async -> @Sendable () -> Void {
        guard let watch = await watch() else { return {} }
        return watch.onHangUp(action)
    }

    /// Runs `body`, and cancels it when the client hangs up.
    func whileConnected<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let task = Task { try await body() }
        let forget = await onHangUp { task.cancel() }
        defer { forget() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}

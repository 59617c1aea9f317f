import Dispatch
import Synchronization

/// Carries what a thread makes to the task that sends it on: bounded, so that a reader who does not keep up makes the thread wait
/// instead of filling the memory.
///
/// One thread sends, one task receives.
public final class ReplyChannel<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        /// Why nothing more comes; nil while something may come.
        var end: Result<Void, any Error>?
        /// Nobody receives any more.
        var isClosed = false
        var receiver: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    /// Elements that may be sent before the sender waits.
    private let room = DispatchSemaphore(value: 0)

    /// - Parameter capacity: elements that wait for the reader at most.
    public init(capacity: Int = 4096) { for _ in 0..<capacity { room.signal() } }

    public var isClosed: Bool { state.withLock(\.isClosed) }

    /// Hands an element on, waiting while the channel is full. What is sent to a closed channel is gone.
    public func send(_ element: Element) {
        room.wait()
        wake { if !$0.isClosed { $0.elements.append(element) } }
    }

    /// Ends the channel; elements that were sent before still arrive, and `last` after them. Never waits.
    public func finish(_ end: Result<Void, any Error> = .success(()), last: Element? = nil) {
        wake { state in
            if let last, !state.isClosed { state.elements.append(last) }
            state.end = state.end ?? end
        }
    }

    /// Says that nobody receives any more: the sender learns it from `isClosed`, and no longer waits.
    public func close() {
        wake { state in
            state.isClosed = true
            state.elements = []
            state.end = state.end ?? .failure(CancellationError())
        }
        room.signal()
    }

    /// All elements that are there, waiting for the first; none at the end.
    ///
    /// - Throws: what the channel was finished with, after the last element.
    public func receive() async throws -> [Element] {
        while true {
            let (elements, end) = state.withLock { state in
                defer { state.elements = [] }
                return (state.elements, state.end)
            }
            if !elements.isEmpty {
                for _ in elements { room.signal() }
                return elements
            }
            if let end {
                try end.get()
                return []
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isReady = state.withLock { state in
                        let isReady = !state.elements.isEmpty || state.end != nil
                        if !isReady { state.receiver = continuation }
                        return isReady
                    }
                    if isReady { continuation.resume() }
                }
            } onCancel: {
                close()
            }
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let receiver = state.withLock { state in
            change(&state)
            defer { state.receiver = nil }
            return state.receiver
        }
        receiver?.resume()
    }
}

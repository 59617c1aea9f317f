import Synchronization

/// The syntax that was learned from a template: copies of the template share it, so that it is learned once.
final class LearnedSyntax: Sendable {
    private let known = Mutex<ReplySyntax?>(nil)

    func syntax(learn: () -> ReplySyntax) -> ReplySyntax {
        if let syntax = known.withLock({ $0 }) { return syntax }
        let syntax = learn()
        known.withLock { $0 = syntax }
        return syntax
    }
}

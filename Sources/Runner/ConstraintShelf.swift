import ConstrainedDecoding
import JSONSchemaGrammar
import Synchronization

/// Compiled formats between answers: what one answer has worked out of its grammar serves the next one.
final class ConstraintShelf: Sendable {
    /// A compiled format, which one answer at a time uses.
    struct Loan: @unchecked Sendable {
        let grammar: GrammarSource
        // Whoever holds the loan is the only one who does: it is on the shelf or with one answer.
        let constraint: Constraint
    }

    /// The last used at the end.
    private let loans = Mutex<[Loan]>([])
    private static let capacity = 8

    /// The grammar, compiled: properties of a schema come in the order in which it lists them, as models are used to.
    func take(_ grammar: GrammarSource, for model: LoadedModel) throws -> Loan {
        let kept = loans.withLock { loans in
            loans.lastIndex { $0.grammar == grammar }.map { loans.remove(at: $0) }
        }
        if let kept { return kept }
        let machine = try grammar.machine(options: SchemaOptions(propertyOrder: .declared))
        return Loan(grammar: grammar, constraint: Constraint(machine: machine, table: model.tokenTable))
    }

    func giveBack(_ loan: Loan) {
        loans.withLock { loans in
            loans.append(loan)
            if loans.count > Self.capacity { loans.removeFirst() }
        }
    }
}

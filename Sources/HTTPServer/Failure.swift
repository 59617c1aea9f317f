import APITypes
import ChatPrompt
import ConstrainedDecoding
import Hummingbird
import JSONText
import ModelManifest
import ModelService
import ModelStore
import Runner

/// An error on its way to the client: the status that fits, and the text.
struct Failure: Sendable {
    let status: HTTPResponse.Status
    let message: String

    init(_ error: any Error) {
        message = error is CancellationError ? "request canceled" : "\(error)"
        status = HTTPResponse.Status(code: Self.code(of: error))
    }

    /// As Ollama's own endpoints tell it.
    var json: JSONValue { ["error": .string(message)] }

    private static func code(of error: any Error) -> Int {
        switch error {
        case let error as RequestError: error.status
        case let error as ServiceError: code(of: error)
        case let error as RunnerError: code(of: error)
        case StoreError.modelNotFound: 404
        case is ManifestError: 400
        case let error as HTTPError: error.status.code
        // The client is gone; nobody reads this but the log.
        case is CancellationError: 499
        default: 500
        }
    }

    private static func code(of error: ServiceError) -> Int {
        switch error {
        case .unknownModel, .nothingToCopy, .nothingToRemove: 404
        case .noModel, .invalidModelName, .twoSources, .promptExceedsContext, .rawWithTemplate, .doesNotSupport, .lacks,
            .digestMismatch, .noToken, .invalidName:
            400
        case .cloudDisabled: 403
        case .busy: 503
        default: 500
        }
    }

    private static func code(of error: RunnerError) -> Int {
        switch error {
        case .inputTooLong, .promptTooLong: 400
        default: 500
        }
    }
}

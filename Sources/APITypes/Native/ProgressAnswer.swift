public import JSONText

/// A line of progress of create, pull and push.
public struct ProgressAnswer: Sendable, Equatable {
    public var status: String
    public var digest = ""
    public var total = 0
    public var completed = 0

    public init(_ status: String) { self.status = status }

    public var json: JSONValue {
        var object = WireObject()
        object.put("status", status)
        object.putUnlessEmpty("digest", digest)
        object.putUnlessEmpty("total", total)
        object.putUnlessEmpty("completed", completed)
        return object.json
    }
}

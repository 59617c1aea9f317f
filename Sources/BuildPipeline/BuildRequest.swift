public import ModelManifest
public import ModelfilePlan
public import Quantization

/// What to build, as what, and how.
public struct BuildRequest: Sendable {
    public var plan: BuildPlan
    public var name: ModelName
    /// Where relative paths of the plan start: the Modelfile's folder.
    public var folder: String
    /// The type to quantize to; nil keeps the weights as they are.
    public var fileType: FileType?
    /// Adapters are added to the weights instead of lying beside them.
    public var mergesAdapters: Bool
    /// GGUF files are linked into the store instead of copied.
    public var linksFiles: Bool
    /// nil is what the process may use.
    public var threads: Int?

    public init(
        plan: BuildPlan, name: ModelName, folder: String = ".", fileType: FileType? = nil, mergesAdapters: Bool = false,
        linksFiles: Bool = false, threads: Int? = nil
    ) {
        self.plan = plan
        self.name = name
        self.folder = folder
        self.fileType = fileType
        self.mergesAdapters = mergesAdapters
        self.linksFiles = linksFiles
        self.threads = threads
    }
}

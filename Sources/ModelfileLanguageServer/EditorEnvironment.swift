public import Linting
public import ModelfileSuperset
public import ModelfileSyntax

/// What the server knows of the world outside the editor's texts. It opens no file itself: the program gives it the disk and the
/// store, a test whatever it likes.
public struct EditorEnvironment: Sendable {
    /// A file or folder that can be named in a Modelfile.
    public struct FolderEntry: Sendable, Hashable {
        public var name: String
        public var isFolder: Bool

        public init(_ name: String, isFolder: Bool = false) { (self.name, self.isFolder) = (name, isFolder) }
    }

    /// The settings that hold for a file, by its path; nil where the project leaves the file out.
    public var settings: @Sendable (_ path: String) -> ProjectSettings? = { _ in ProjectSettings() }
    /// What the sources of a Modelfile in a folder name.
    public var facts: @Sendable (_ tree: ModelfileSyntaxTree, _ folder: String) -> SourceFacts = { _, _ in SourceFacts() }
    /// The files of a folder.
    public var files: @Sendable (_ folder: String) -> FileProvider = { _ in .none }
    /// What a folder holds; nothing where there is none.
    public var entries: @Sendable (_ folder: String) -> [FolderEntry] = { _ in [] }
    /// The names of the installed models.
    public var models: @Sendable () -> [String] = { [] }
    /// Days since 1970-01-01 in the local calendar, for templates that print the date.
    public var today: @Sendable () -> Int = { 0 }
    /// Starts the tests of a Modelfile or test file, all or those whose names match a regular expression, and returns at once:
    /// what comes of them is told in messages of their own.
    public var startTests: @Sendable (_ path: String, _ filter: String?) -> Void = { _, _ in }

    public init() {}
}

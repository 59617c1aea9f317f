import Diagnostics
import Testing

@Suite struct ForeignPathTests {
    @Test func `backslashes of a relative path become slashes`() {
        expect(
            "FROM «models\\a.gguf»\n", .foreignPath, ["FROM 'models\\a.gguf': \\ is a separator on Windows only"],
            mended: "FROM models/a.gguf\n")
    }

    @Test(arguments: [
        ("C:\\models\\a.gguf", "a drive letter exists on Windows only"), ("d:/a.gguf", "a drive letter exists on Windows only"),
        ("\\\\server\\share\\a.gguf", "a network share exists for Windows only"),
        ("~/a.gguf", "~ is the home folder of whoever builds, and each has another one"),
        ("%USERPROFILE%\\a.gguf", "variables in percent signs are not replaced"), ("$HOME/a.gguf", "variables are not replaced"),
        ("${HOME}/a.gguf", "variables are not replaced"), ("file:///a.gguf", "a path is no URL"),
    ])
    func `what only one system understands`(path: String, problem: String) {
        expect("FROM «\(path)»\n", .foreignPath, ["FROM '\(path)': \(problem)"])
    }

    @Test(arguments: ["llama3.2:3b", "hf.co/a/B-GGUF:Q4_K_M", "./a.gguf", "/srv/models/a.gguf", "localhost:5000/a/b", "a~b"])
    func `names and paths as they should be`(text: String) { expectNothing("FROM \(text)\n", .foreignPath) }
}

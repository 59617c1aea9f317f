import Diagnostics
import Linting
import ModelfileSyntax
import Testing

@Suite struct ForeignDialectTests {
    private func ids(_ text: String) -> [String] {
        Linter().check(ModelfileSyntaxTree(parsing: SourceText(text))).map(\.id)
    }

    @Test func `a Modelfile of modctl is named once`() {
        expect(
            "# model\n«NAME» llama3\nARCH transformer\nFAMILY llama3\nPARAMSIZE 8\nCONFIG config.json\nMODEL *.safetensors\n",
            .foreignDialect, ["this is a Modelfile of modctl, which lists a model's files for an OCI registry"])
        #expect(ids("NAME llama3\nARCH transformer\nMODEL *.safetensors\n") == ["QM0036"])
    }

    @Test func `a Dockerfile is named once`() {
        expect(
            "FROM nginx:alpine\n«COPY» a /b\nEXPOSE 80\nCMD [\"nginx\"]\n", .foreignDialect,
            ["this is a Dockerfile, which builds a container image"])
        #expect(ids("FROM nginx:alpine\nCOPY a /b\nEXPOSE 80\n") == ["QM0036"])
    }

    @Test func `a stray word in a Modelfile of Ollama is a stray word`() {
        #expect(ids("FROM llama3.2\nCONFIG x\nMODEL y\nPARAMETER top_k 1\n") == ["QM0010", "QM0010"])
        #expect(ids("FROM llama3.2\nRUN x\n") == ["QM0010"])
    }
}

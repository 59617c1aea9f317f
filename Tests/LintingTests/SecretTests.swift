import Diagnostics
import Testing

@Suite struct SecretTests {
    @Test(arguments: [
        ("AKIAIOSFODNN7EXAMPLE", "a key of AWS"), ("hf_abcdefghijklmnopqrstuvwxyz01234567", "a token of Hugging Face"),
        ("ghp_0123456789abcdefghijABCDEFGHIJ012345", "a token of GitHub"),
        ("sk-proj-0123456789abcdefghijABCDEFGHIJ0123456789", "a key of OpenAI"),
        ("-----BEGIN RSA PRIVATE KEY-----", "a private key"),
    ])
    func `keys by their shape`(key: String, name: String) {
        expect("FROM x\nSYSTEM Use «\(key)» for it.\n", .secret, ["this looks like \(name)"])
    }

    @Test(arguments: [
        "task-force-of-many-words-with-dashes-in-it-and-more", "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "hf_model",
        "sk-learn", "AKIAlowercaseisnotakey", "-----BEGIN CERTIFICATE-----",
    ])
    func `words and stand-ins`(text: String) { expectNothing("FROM x\nSYSTEM \(text)\n", .secret) }
}

import ChatPrompt
import PromptProof
import Testing

@Suite struct BatteryTests {
    @Test func `every case has a name of its own`() {
        let names = ProofBattery.cases.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.count >= 30)
    }

    @Test func `every feature is asked for by some case`() {
        let features = ProofBattery.cases.reduce(into: Set<ProofCase.Feature>()) { $0.formUnion($1.features) }
        #expect(features == Set(ProofCase.Feature.allCases))
    }
}

import Bytes
import Compute
import GGUF
import Quantization
import Tensors
import Testing

@Suite struct FittedTypesTests {
    private func plan(_ model: FixtureModel, importance: Bool = false) throws -> QuantizationPlan {
        var options = QuantizationOptions()
        options.choices.isPure = true
        if importance { options.importance = try ImportanceMatrix(try model.importanceMatrix(), file: "m") }
        return try QuantizationPlan(try model.file(), to: .q4_0, options: options)
    }

    @Test(
        "the file fits, and a recipe made of the choice gives every tensor its type again",
        arguments: FixtureModel.all.filter { $0.name != "odd" })
    func fitting(model: FixtureModel) throws {
        let plan = try plan(model)
        let smallest = try FittedTypes(plan, within: .bitsPerWeight(32), on: ThreadPool(threads: 1)).choices.count
        let weights = Double(plan.parameterCount)
        for bits in [7.5, 9, 17] {
            let fitted = try FittedTypes(plan, within: .bitsPerWeight(bits), on: ThreadPool(threads: 2))
            var options = QuantizationOptions()
            options.choices.patterns = try TypeChoices.patterns(parsing: fitted.recipe)
            let again = try QuantizationPlan(try model.file(), to: fitted.fileType, options: options)
            let types = Dictionary(uniqueKeysWithValues: again.types.map { ($0.name, $0.to) })
            #expect(fitted.choices.allSatisfy { types[$0.name] == $0.type } && fitted.choices.count == smallest)
            #expect(Double(again.tensorByteCount) <= bits * weights / 8)
            let file = try FittedTypes(plan, within: .file(try again.file().totalByteCount), on: ThreadPool(threads: 1))
            #expect(file.choices.map(\.type) == fitted.choices.map(\.type) || file.loss <= fitted.loss)
        }
    }

    @Test("more room never loses more, and threads change nothing")
    func monotony() throws {
        let plan = try plan(FixtureModel.all[1], importance: true)
        var last = Double.infinity
        for bits in stride(from: 8.0, through: 18, by: 2) {
            let one = try FittedTypes(plan, within: .bitsPerWeight(bits), on: ThreadPool(threads: 1))
            let four = try FittedTypes(plan, within: .bitsPerWeight(bits), on: ThreadPool(threads: 4))
            #expect(one.recipe == four.recipe && one.loss <= last)
            last = one.loss
        }
    }

    @Test("a matrix is what makes the smallest types possible")
    func importance() throws {
        let model = FixtureModel.all[1]
        let without = try FittedTypes(try plan(model), within: .bitsPerWeight(8), on: ThreadPool(threads: 1))
        #expect(!without.choices.contains { [.iq2_xxs, .iq2_xs, .iq2_s, .iq3_xxs].contains($0.type) })
        let with = try FittedTypes(try plan(model, importance: true), within: .bitsPerWeight(8), on: ThreadPool(threads: 1))
        #expect(with.choices.count == without.choices.count)
    }

    @Test("a budget that nothing fits is refused, with the smallest that would do")
    func tooSmall() throws {
        let plan = try plan(FixtureModel.all[0])
        var smallest = 0
        do { _ = try FittedTypes(plan, within: .file(1000), on: ThreadPool(threads: 1)) } catch QuantizationError.budgetTooSmall(
            let wanted, let least)
        {
            #expect(wanted == 1000)
            smallest = least
        }
        #expect(smallest > 1000)
        let least = try FittedTypes(plan, within: .file(smallest), on: ThreadPool(threads: 1))
        var options = QuantizationOptions()
        options.choices.patterns = least.patterns
        let file = try QuantizationPlan(try FixtureModel.all[0].file(), to: least.fileType, options: options).file()
        #expect(file.totalByteCount <= smallest)
    }
}

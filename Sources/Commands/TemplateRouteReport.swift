import Bytes
import ChatPrompt
import JSONText
import ModelService
import PromptProof

/// `show --template-route`: which of a model's templates each program would run.
struct TemplateRouteReport {
    private let subject: PromptSubject
    private let router: TemplateRouter

    init(_ model: String) throws {
        subject = try LocalModels.onHost(for: model).promptSubject(model)
        router = TemplateRouter(subject, today: LocalCalendar.today)
    }

    /// OLLAMA_GO_TEMPLATE as Ollama reads it: what it cannot read counts as on.
    private static var goTemplateSetting: Bool? {
        guard let text = Environment["OLLAMA_GO_TEMPLATE"]?.trimmingPrefix(while: { $0 == " " }), !text.isEmpty else { return nil }
        return !["0", "f", "F", "false", "FALSE", "False"].contains(String(text))
    }

    func text(_ format: AnswerFormat) -> String {
        let setting = Self.goTemplateSetting
        let routes = router.routes(goTemplateSetting: setting)
        switch format {
        case .json: return json(routes, setting).text(.pretty) + "\n"
        case .text: return text(routes, setting)
        }
    }

    private func json(_ routes: [TemplateRoute], _ setting: Bool?) -> JSONValue {
        [
            "model": .string(subject.name), "renderer": .string(subject.renderer), "parser": .string(subject.parser),
            "has_template": .bool(subject.template != nil), "has_chat_template": .bool(subject.reference != nil),
            "chat_template_variants": .array(subject.variants.keys.sorted().map { .string($0) }),
            "ollama_go_template": setting.map { .bool($0) } ?? .null, "routes": .array(routes.map(\.json)),
        ]
    }

    private func text(_ routes: [TemplateRoute], _ setting: Bool?) -> String {
        var table = TextTable()
        table.add(["PROGRAM", "RUNS", "CAPABILITIES"])
        for route in routes {
            let capabilities = route.capabilities.map(\.rawValue).joined(separator: ", ")
            table.add([route.runtime, route.choiceText, capabilities.isEmpty ? "-" : capabilities])
        }
        var text = table.text + "\n"
        for route in routes { text += "\(route.runtime): \(route.why).\n" }
        if setting == nil, subject.template != nil, subject.reference != nil {
            text += "OLLAMA_GO_TEMPLATE is not set; 1 makes Ollama run the TEMPLATE, 0 the embedded template.\n"
        }
        return text
    }
}

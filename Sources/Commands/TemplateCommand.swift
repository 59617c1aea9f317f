import ArgumentParser

struct TemplateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template", abstract: "Work on prompt templates",
        subcommands: [TemplateRenderCommand.self, TemplateConvertCommand.self])
}

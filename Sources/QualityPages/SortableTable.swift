// Tables whose heads sort them.

struct SortableTable {
    /// A cell: what is shown, and the number that it sorts by where it is one.
    struct Cell {
        var content: Markup
        var value: Double?

        static func text(_ text: String) -> Cell { Cell(content: .text(text), value: nil) }

        static func number(_ text: String, _ value: Double) -> Cell { Cell(content: .text(text), value: value) }

        /// A figure with its uncertainty in smaller print.
        static func figure(_ text: String, _ uncertainty: String, _ value: Double) -> Cell {
            Cell(content: .joined([.text(text + " "), .element("small", "± " + uncertainty)]), value: value)
        }

        static let none = Cell(content: .text("–"), value: -.infinity)
    }

    let heads: [String]
    private(set) var rows: [[Cell]] = []

    init(_ heads: [String]) { self.heads = heads }

    mutating func add(_ cells: [Cell]) { rows.append(cells) }

    var markup: Markup {
        let head = heads.map { Markup.element("th", ["scope": "col"], [.element("button", ["type": "button"], $0)]) }
        let body = rows.map { row in
            Markup.element(
                "tr", [:], row.map { cell in .element("td", ["data-v": cell.value.map { "\($0)" }], [cell.content]) })
        }
        let table = Markup.element(
            "table", [:], [.element("thead", [:], [.element("tr", [:], head)]), .element("tbody", [:], body)])
        return .element("div", ["class": "scroll"], [table])
    }
}

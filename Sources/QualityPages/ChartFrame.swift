// What all charts with two axes share: a frame, a grid, marks and their labels.

/// A drawing of fixed proportions, in units that are pixels at its usual size.
struct ChartFrame {
    static let width = 520.0
    static let height = 300.0
    static let left = 58.0
    static let right = 504.0
    static let top = 18.0
    static let bottom = 250.0

    let horizontal: PlotScale
    let vertical: PlotScale
    let horizontalTitle: String
    let verticalTitle: String
    var horizontalLabel: (Double) -> String = FigureText.tick
    var verticalLabel: (Double) -> String = FigureText.tick

    init(
        horizontal: ClosedRange<Double>, vertical: ClosedRange<Double>, horizontalTitle: String, verticalTitle: String,
        horizontalIsLogarithmic: Bool = false, verticalIsLogarithmic: Bool = false
    ) {
        self.horizontal = PlotScale(horizontal, to: Self.left...Self.right, logarithmic: horizontalIsLogarithmic)
        self.vertical = PlotScale(vertical, to: Self.top...Self.bottom, logarithmic: verticalIsLogarithmic, flipped: true)
        (self.horizontalTitle, self.verticalTitle) = (horizontalTitle, verticalTitle)
    }

    /// The chart with marks drawn over its grid.
    func drawing(_ title: String, _ marks: [Markup]) -> Markup {
        .element(
            "svg",
            [
                "viewBox": "0 0 \(Int(Self.width)) \(Int(Self.height))", "role": "img", "aria-label": title, "class": "chart",
            ], grid + marks)
    }

    private var grid: [Markup] {
        var parts: [Markup] = []
        for tick in vertical.ticks {
            let y = vertical.place(tick)
            parts.append(Self.line(Self.left, y, Self.right, y, "grid"))
            parts.append(Self.label(verticalLabel(tick), Self.left - 8, y + 4, anchor: "end"))
        }
        for tick in horizontal.ticks {
            let x = horizontal.place(tick)
            parts.append(Self.line(x, Self.bottom, x, Self.bottom + 4, "axis"))
            parts.append(Self.label(horizontalLabel(tick), x, Self.bottom + 18, anchor: "middle"))
        }
        parts.append(Self.line(Self.left, Self.bottom, Self.right, Self.bottom, "axis"))
        parts.append(Self.label(horizontalTitle, (Self.left + Self.right) / 2, Self.height - 8, anchor: "middle", style: "title"))
        parts.append(
            .element(
                "text",
                [
                    "transform": "translate(12 \(Self.number((Self.top + Self.bottom) / 2))) rotate(-90)", "text-anchor": "middle",
                    "class": "title",
                ], verticalTitle))
        return parts
    }

    // MARK: Pieces

    /// Coordinates with one digit after the point: a page of many marks stays small, and the same on every machine.
    static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) -> Markup {
        .element("line", ["x1": number(x1), "y1": number(y1), "x2": number(x2), "y2": number(y2), "class": style])
    }

    static func label(_ text: String, _ x: Double, _ y: Double, anchor: String, style: String = "label") -> Markup {
        .element("text", ["x": number(x), "y": number(y), "text-anchor": anchor, "class": style], text)
    }

    /// The points of a path through places.
    static func path(_ points: [(x: Double, y: Double)]) -> String {
        points.enumerated().map { "\($0.offset == 0 ? "M" : "L")\(number($0.element.x)) \(number($0.element.y))" }.joined()
    }
}

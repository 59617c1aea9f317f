// How a page looks, and the few lines of script that sort its tables.

enum PageStyle {
    /// Colours are named once for light and once for dark; printing is light.
    static let css: StaticString = """
        :root{color-scheme:light dark;--bg:#f7f6f3;--card:#fff;--ink:#1d2330;--soft:#5b6475;--faint:#8b93a3;--rule:#e4e2dc;\
        --heat:#b4462b;--good:#2e7d5b;--c0:#2563a8;--c1:#c2571a;--c2:#2e8b57;--c3:#8e44ad;--c4:#b8860b;--c5:#c0396b;--c6:#117a8b;--c7:#6b6f76}
        @media(prefers-color-scheme:dark){:root{--bg:#14171d;--card:#1c2129;--ink:#e6e9ef;--soft:#a7afbd;--faint:#7a8393;--rule:#2d343f;\
        --heat:#ff8a65;--good:#66c79a;--c0:#6ea8e8;--c1:#f0955a;--c2:#66c48f;--c3:#c39bd8;--c4:#e0b84c;--c5:#f07fa8;--c6:#5cc0d0;--c7:#a9adb5}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",\
        Arial,sans-serif;-webkit-font-smoothing:antialiased}
        main{max-width:1160px;margin:0 auto;padding:40px 24px 64px}
        header{margin-bottom:28px}
        h1{font-size:28px;line-height:1.2;margin:0 0 6px;font-weight:650;letter-spacing:-.01em;overflow-wrap:anywhere}
        h2{font-size:16px;margin:0 0 2px;font-weight:620}
        h3{font-size:14px;margin:18px 0 6px;font-weight:600;overflow-wrap:anywhere}
        p{margin:0 0 12px;color:var(--soft);max-width:90ch;overflow-wrap:anywhere}
        header p{font-size:15px}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:14px;margin-bottom:14px}
        .card,section{background:var(--card);border:1px solid var(--rule);border-radius:12px}
        .card{padding:16px 18px}
        .card .name{color:var(--soft);font-size:13px}
        .card .value{white-space:nowrap;overflow:hidden;text-overflow:ellipsis;font-size:27px;font-weight:620;letter-spacing:-.02em;line-height:1.25;font-variant-numeric:tabular-nums}
        .card .value small{font-size:14px;font-weight:450;color:var(--faint);letter-spacing:0}
        .card .note{color:var(--faint);font-size:13px;overflow-wrap:anywhere}
        section{padding:20px 22px 18px;margin-bottom:14px}
        section>p{font-size:13.5px}
        .split{display:grid;grid-template-columns:minmax(300px,420px) 1fr;gap:28px;align-items:start}
        .bar{fill:currentColor}
        .pair{display:grid;grid-template-columns:1fr 1fr;gap:14px}
        .pair>section{margin-bottom:14px}
        svg{display:block;width:100%;height:auto;overflow:visible}
        svg text{font-size:11.5px;fill:var(--soft);font-variant-numeric:tabular-nums}
        svg text.title{fill:var(--faint);font-size:11.5px}
        svg text.name{fill:var(--ink);font-size:12px;font-weight:550}
        .grid{stroke:var(--rule);stroke-width:1}
        .axis{stroke:var(--faint);stroke-width:1}
        .zero{stroke:var(--faint);stroke-width:1;stroke-dasharray:3 3}
        .curve{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
        .catch{fill:none;stroke:transparent;stroke-width:14;pointer-events:stroke}
        .point{fill:currentColor;stroke:var(--card);stroke-width:1.5}
        .whisker{stroke:currentColor;stroke-width:1.5;opacity:.55}
        g:hover>.curve{stroke-width:3.5}
        .cell{fill:var(--heat)}
        .cell:hover{stroke:var(--ink);stroke-width:1.5}
        .legend{display:flex;gap:8px;align-items:center;color:var(--faint);font-size:12.5px;margin-top:10px;flex-wrap:wrap}
        .legend svg{width:144px}
        .keys{display:flex;flex-wrap:wrap;gap:4px 18px;margin:0 0 14px;color:var(--soft);font-size:13.5px;padding:0 4px}
        .keys span{display:inline-flex;align-items:center;gap:7px;overflow-wrap:anywhere}
        .keys i,.dot{width:10px;height:10px;border-radius:50%;background:currentColor;display:inline-block;flex:none}
        .dot{margin-right:8px}
        .s0{color:var(--c0)}.s1{color:var(--c1)}.s2{color:var(--c2)}.s3{color:var(--c3)}
        .s4{color:var(--c4)}.s5{color:var(--c5)}.s6{color:var(--c6)}.s7{color:var(--c7)}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}
        th,td{text-align:right;padding:7px 8px;border-bottom:1px solid var(--rule);white-space:nowrap}
        th:first-child,td:first-child{text-align:left;padding-left:2px}
        td:first-child{white-space:normal;overflow-wrap:anywhere;min-width:120px}
        th{color:var(--faint);font-weight:550;font-size:12.5px;vertical-align:bottom}
        th button{all:unset;cursor:pointer}
        th button:hover,th button:focus-visible{color:var(--ink);text-decoration:underline}
        th[aria-sort=ascending] button::after{content:" ↑"}
        th[aria-sort=descending] button::after{content:" ↓"}
        tbody tr:last-child td{border-bottom:0}
        td small{color:var(--faint);font-size:12px}
        details>summary{cursor:pointer;color:var(--soft);font-size:13.5px;padding:8px 0}
        footer{color:var(--faint);font-size:12.5px;padding:10px 4px}
        @media(max-width:820px){.pair,.split{grid-template-columns:1fr;gap:0}main{padding:24px 14px 40px}}
        @media print{:root{--bg:#fff;--card:#fff;--ink:#111;--soft:#444;--faint:#666;--rule:#ccc;--heat:#b4462b;--c0:#2563a8;--c1:#c2571a;\
        --c2:#2e8b57;--c3:#8e44ad;--c4:#b8860b;--c5:#c0396b;--c6:#117a8b;--c7:#6b6f76}
        body{font-size:12px;-webkit-print-color-adjust:exact;print-color-adjust:exact}main{max-width:none;padding:0}
        .pair,.split{grid-template-columns:1fr 1fr;gap:10px}.card .value{font-size:19px}section{padding:12px 14px}section,.card,tr{break-inside:avoid}.scroll{overflow:visible}table{font-size:10.5px}th,td{padding:4px 6px}}
        """

    /// Sorts a table by the column whose head is pressed: by the numbers in `data-v` where cells have them, else by their text.
    static let script: StaticString = """
        for(const b of document.querySelectorAll("th button"))b.onclick=()=>{const h=b.parentNode,i=h.cellIndex,\
        body=h.closest("table").tBodies[0],up=h.ariaSort==="descending"?1:-1;\
        const k=r=>{const c=r.cells[i];return "v" in c.dataset?+c.dataset.v:c.textContent};\
        for(const o of h.parentNode.cells)o.ariaSort=null;h.ariaSort=up>0?"ascending":"descending";\
        [...body.rows].sort((a,z)=>{const x=k(a),y=k(z);return up*(typeof x==="string"||typeof y==="string"?\
        String(x).localeCompare(String(y),undefined,{numeric:true}):x-y)}).forEach(r=>body.append(r))};
        """

    /// Nothing may be loaded from anywhere, whatever a name in the report tries.
    static let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
}

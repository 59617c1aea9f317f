-- Neovim 0.7 and later: put this file into ~/.config/nvim/plugin/ and `quern` into the PATH.

-- By names, the later ones first: Modelfile, Modelfile.small, chat.modelfile, chat.gotmpl.
vim.api.nvim_create_autocmd({ "BufRead", "BufNewFile" }, {
  pattern = { "Modelfile", "Modelfile.*", "*.modelfile", "*.Modelfile", "*.gotmpl" },
  callback = function(event)
    local name = vim.fn.fnamemodify(event.file, ":t")
    if name:match("%.ya?ml$") then return end
    vim.bo[event.buf].filetype = name:match("%.gotmpl$") and "gotmpl" or "modelfile"
  end,
})

local function is_wanted(buffer)
  local name = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ":t")
  return vim.bo[buffer].filetype ~= "yaml" or name == ".quern.yaml" or name:match("%.test%.ya?ml$") ~= nil
end

-- One server for each folder, where vim.lsp.start (0.8) does not see to it.
local clients = {}

local function start(config, buffer)
  if vim.lsp.start then return vim.lsp.start(config, { bufnr = buffer }) end
  local known = clients[config.root_dir]
  if not known or not vim.lsp.get_client_by_id(known) then known = vim.lsp.start_client(config) end
  clients[config.root_dir] = known
  vim.lsp.buf_attach_client(buffer, known)
end

vim.api.nvim_create_autocmd("FileType", {
  pattern = { "modelfile", "gotmpl", "yaml" },
  callback = function(event)
    if not is_wanted(event.buf) then return end
    if vim.bo[event.buf].filetype ~= "yaml" then vim.bo[event.buf].commentstring = "# %s" end
    start({
      name = "quern",
      cmd = { "quern", "lsp" },
      root_dir = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(event.buf), ":p:h"),
    }, event.buf)
  end,
})

-- Neovim 0.8 and later: put this file into ~/.config/nvim/plugin/ and `quern` into the PATH.

vim.filetype.add({
  filename = { Modelfile = "modelfile" },
  extension = { modelfile = "modelfile", gotmpl = "gotmpl" },
  pattern = { ["Modelfile%..*"] = { "modelfile", { priority = -1 } }, [".*%.test%.yaml"] = { "yaml", { priority = -1 } } },
})

local function wanted(buffer)
  local name = vim.fs.basename(vim.api.nvim_buf_get_name(buffer))
  return vim.bo[buffer].filetype ~= "yaml" or name == ".quern.yaml" or name:match("%.test%.yaml$")
end

vim.api.nvim_create_autocmd("FileType", {
  pattern = { "modelfile", "gotmpl", "yaml" },
  callback = function(event)
    if not wanted(event.buf) then return end
    vim.bo[event.buf].commentstring = "# %s"
    vim.lsp.start({
      name = "quern",
      cmd = { "quern", "lsp" },
      root_dir = vim.fs.dirname(vim.api.nvim_buf_get_name(event.buf)),
    })
  end,
})

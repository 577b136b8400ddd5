// What millrace-emulator does beside serving: backup, restore, export, import.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "common/aws/settings.hpp"
#include "emulator/transfer/transfer.hpp"

namespace millrace::emulator {

class Commands {
 public:
  // Adds the subcommands to `app`; it and `data`, the directory of the data file, outlive this.
  Commands(CLI::App& app, const std::string& data);
  // Whether one of them was asked for.
  [[nodiscard]] bool given() const;
  base::Status run();

 private:
  // Runs `call(client, waiter)` against the endpoint that was chosen; Ctrl-C ends its waits.
  template <class F>
  auto with_client(F call);
  base::Status back_up();
  base::Status restore();
  base::Status export_lines();
  base::Status import_lines();

  const std::string& data_;
  CLI::App* backup_;
  CLI::App* restore_;
  CLI::App* export_;
  CLI::App* import_;
  std::string file_;
  std::string endpoint_ = "http://127.0.0.1:4566";
  std::string region_ = "us-east-1";
  bool aws_ = false;
  transfer::ExportOptions exported_;
  transfer::ImportOptions imported_;
};

}  // namespace millrace::emulator

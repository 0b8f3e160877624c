"""Starts the `onestop` command, which whoever types it may break off from the first moment on."""

BROKEN_OFF = 1


def main() -> None:
    """Run the command; what it stands on takes most of a second to be read."""
    try:
        from onestop.app.cli import main as program

        program()
    except KeyboardInterrupt:
        raise SystemExit(BROKEN_OFF) from None


if __name__ == "__main__":
    main()

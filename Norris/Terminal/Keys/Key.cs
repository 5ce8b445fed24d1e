using System.Text;

namespace Norris.Terminal.Keys;

/// <summary>What a person pressed, whatever bytes the terminal sent for it.</summary>
internal enum KeyKind
{
    /// <summary>A character to insert: <see cref="Key.Rune"/>.</summary>
    Character,

    /// <summary>Enter.</summary>
    Enter,

    /// <summary>Tab.</summary>
    Tab,

    /// <summary>Escape by itself.</summary>
    Escape,

    /// <summary>Backspace, Ctrl-H.</summary>
    Backspace,

    /// <summary>Delete.</summary>
    Delete,

    /// <summary>Left, Ctrl-B.</summary>
    Left,

    /// <summary>Right, Ctrl-F.</summary>
    Right,

    /// <summary>Alt-B, Ctrl-Left.</summary>
    WordLeft,

    /// <summary>Alt-F, Ctrl-Right.</summary>
    WordRight,

    /// <summary>Home, Ctrl-A.</summary>
    Home,

    /// <summary>End, Ctrl-E.</summary>
    End,

    /// <summary>Up, Ctrl-P.</summary>
    Up,

    /// <summary>Down, Ctrl-N.</summary>
    Down,

    /// <summary>Ctrl-K: delete to the end.</summary>
    DeleteToEnd,

    /// <summary>Ctrl-U: delete to the start.</summary>
    DeleteToStart,

    /// <summary>Ctrl-W, Alt-Backspace: delete the word before the cursor.</summary>
    DeleteWord,

    /// <summary>Alt-D: delete the word after the cursor.</summary>
    DeleteWordAfter,

    /// <summary>Ctrl-Y: insert what was deleted last.</summary>
    Yank,

    /// <summary>Alt-Enter: a line break in the message.</summary>
    LineBreak,

    /// <summary>Ctrl-R: look for an earlier line.</summary>
    Search,

    /// <summary>Ctrl-G: give the search up.</summary>
    Cancel,

    /// <summary>PgUp.</summary>
    PageUp,

    /// <summary>PgDn.</summary>
    PageDown,

    /// <summary>Ctrl-L: clear the screen.</summary>
    ClearScreen,

    /// <summary>Ctrl-C.</summary>
    Interrupt,

    /// <summary>Ctrl-D: delete, or end an empty input.</summary>
    EndOfInput,

    /// <summary>Ctrl-Z.</summary>
    Suspend,

    /// <summary>The terminal begins to send what was pasted.</summary>
    PasteStart,

    /// <summary>The terminal has sent all that was pasted.</summary>
    PasteEnd,

    /// <summary>The terminal's window is looked at.</summary>
    FocusIn,

    /// <summary>The terminal's window is not looked at any more.</summary>
    FocusOut,

    /// <summary>Where the terminal's cursor is: <see cref="Key.Row"/> and <see cref="Key.Column"/>.</summary>
    Position,
}

/// <summary>One key press.</summary>
/// <param name="Kind">Which key.</param>
/// <param name="Rune">The character of <see cref="KeyKind.Character"/>; otherwise the default.</param>
internal readonly record struct Key(KeyKind Kind, Rune Rune = default)
{
    /// <summary>The row of <see cref="KeyKind.Position"/>, from 1; otherwise 0.</summary>
    public int Row { get; init; }

    /// <summary>The column of <see cref="KeyKind.Position"/>, from 1; otherwise 0.</summary>
    public int Column { get; init; }

    /// <summary>A character.</summary>
    public static Key Of(Rune rune) => new(KeyKind.Character, rune);
}

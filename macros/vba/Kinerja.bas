Attribute VB_Name = "Kinerja"
Option Explicit
' The four buttons, the same four in Alt+F8 and on the ribbon tab "Kinerja". Python does the work (RunPython of
' xlwings); this module finds the workbook, and sees to it that the status cell tells how it ended, also where
' Python could not be started at all. The cell is the defined name HASIL_TERAKHIR; a workbook without it is
' told by Excel's status bar.

Private Const STATUS_NAME As String = "HASIL_TERAKHIR"
Private Const RUNNING As String = "Sedang berjalan: "
Private Const ERROR_SHEET As String = "Error" ' where xlwings puts a traceback while SHOW_ERROR_POPUPS is False
Private Const LOG_NAME As String = "rkt-kesalahan.log"
Private Const STATUS_BAR_LIMIT As Long = 250 ' Excel refuses more than 255

' A sheet "Error" of the user's own, as it was before Python ran.
Private hadErrorSheet As Boolean
Private errorCellBefore As Variant

#If Mac Then
    ' On a Mac RunPython returns at once and Python works on; somebody has to look whether it ended.
    Private Const SECONDS_BETWEEN_LOOKS As Integer = 5
    Private Const MOST_LOOKS As Integer = 120
    Private watchedBook As Workbook
    Private watchedTitle As String
    Private looksLeft As Integer
#End If

' --- what the user presses ------------------------------------------------------------------------------------

Public Sub Segarkan()
    PressButton "segarkan", "Segarkan"
End Sub

Public Sub HitungUlang()
    PressButton "hitung_ulang", "Hitung Ulang"
End Sub

Public Sub Periksa()
    PressButton "periksa", "Periksa"
End Sub

Public Sub BuatBukuKerja()
    PressButton "buat_buku_kerja", "Buat Buku Kerja"
End Sub

Public Sub PitaSegarkan(control As IRibbonControl)
    Segarkan
End Sub

Public Sub PitaHitungUlang(control As IRibbonControl)
    HitungUlang
End Sub

Public Sub PitaPeriksa(control As IRibbonControl)
    Periksa
End Sub

Public Sub PitaBuatBukuKerja(control As IRibbonControl)
    BuatBukuKerja
End Sub

' --- one press ------------------------------------------------------------------------------------------------

Private Sub PressButton(ByVal button As String, ByVal title As String)
    Dim book As Workbook
    Dim eventsBefore As Boolean
    Dim screenBefore As Boolean
    Dim trouble As String

    eventsBefore = Application.EnableEvents
    screenBefore = Application.ScreenUpdating
    On Error GoTo Failed
    Application.EnableEvents = False
    Set book = FindBook()
    If book Is Nothing Then
        trouble = title & " belum dijalankan: tidak ada buku yang terbuka untuk disunting. Buka konsolidasi atau rencana " & _
            "(klik Aktifkan Pengeditan bila diminta), lalu tekan lagi."
    Else
        trouble = FindObstacle(book, title)
        If trouble = "" Then trouble = AskPython(book, button, title)
    End If
Finish:
    On Error Resume Next
    If trouble <> "" Then WriteStatus book, trouble
    Application.ScreenUpdating = screenBefore
    Application.EnableEvents = eventsBefore
    Exit Sub
Failed:
    trouble = DescribeFailure(book, title, "Excel berhenti di tengah jalan", DescribeError())
    Resume Finish
End Sub

' The workbook of the button; in the add-in the one in front at the moment of the click. It is asked for here
' only: whoever needs it later gets it handed on.
Private Function FindBook() As Workbook
    If LCase$(Right$(ThisWorkbook.Name, 5)) = ".xlam" Then
        Set FindBook = ActiveWorkbook
    Else
        Set FindBook = ThisWorkbook
    End If
End Function

' Why Python cannot be asked at all, as a sentence; "" where nothing is in the way.
Private Function FindObstacle(ByVal book As Workbook, ByVal title As String) As String
    If book.Path = "" Then
        FindObstacle = title & " belum dijalankan: buku ini belum pernah disimpan. Simpan dahulu (Ctrl+S), lalu tekan lagi."
    ElseIf IsUnsafe(ThisWorkbook.FullName) Then
        FindObstacle = title & " belum dijalankan: nama berkas atau folder memuat tanda yang tidak dapat diteruskan ke Python (" & _
            UnsafeSigns() & "): " & ThisWorkbook.FullName & ". Ganti namanya, lalu tekan lagi."
    ElseIf HasCodeSheet() Then
        FindObstacle = title & " belum dijalankan: ada lembar yang namanya berakhir "".py"". Ganti nama lembar itu, lalu tekan lagi."
    ElseIf Not HasInterpreter() Then
        FindObstacle = title & " belum dijalankan: Python belum dipasang untuk Excel di komputer ini. Jalankan rkt pasang di " & _
            TerminalName() & ", lalu tekan lagi; atau tanpa Excel: " & CommandFor(book, title) & "."
    ElseIf Not HasScript() Then
        FindObstacle = title & " belum dijalankan: penghubung Excel dan Python belum ada. Jalankan rkt pasang di " & _
            TerminalName() & ", lalu tekan lagi; atau tanpa Excel: " & CommandFor(book, title) & "."
    End If
End Function

' Runs Python; "" where it has told the result itself, else what went wrong.
Private Function AskPython(ByVal book As Workbook, ByVal button As String, ByVal title As String) As String
    Dim answer As Variant
    Dim started As Date
    Dim shownSheet As Object
    Dim details As String

    On Error GoTo Failed
    KeepErrorSheet
    Set shownSheet = book.ActiveSheet
    started = Now
    WriteStatus book, RUNNING & title & ". Mohon tunggu."
    answer = RunPython("from macros import excel; excel.press('" & button & "', '" & EncodeText(book.FullName) & "')")
    #If Mac Then
        If answer <> -1 Then
            WatchBook book, title
            Exit Function
        End If
    #End If
    details = TakeErrorText()
    If answer = -1 Then
        AskPython = DescribeFailure(book, title, "Python berhenti karena kesalahan", details)
    ElseIf IsRunning(book) Then
        AskPython = DescribeFailure(book, title, "Python selesai tanpa memberi hasil", details)
    End If
    If AskPython <> "" Then ShowSheet shownSheet
    Exit Function
Failed:
    details = DescribeError()
    AskPython = DescribeFailure(book, title, "Python tidak dapat dijalankan dari Excel, mungkin dicegah Microsoft Defender atau aturan kantor", _
        details & vbNewLine & TakeErrorText() & TakeLeftLogs(started))
    ShowSheet shownSheet
End Function

' --- what Python needs ----------------------------------------------------------------------------------------

' UTF-16 code units, four hexadecimal digits each: no sign of a path can mean anything on the way to Python.
Private Function EncodeText(ByVal text As String) As String
    Dim i As Long

    For i = 1 To Len(text)
        EncodeText = EncodeText & Right$("000" & Hex$(AscW(Mid$(text, i, 1)) And &HFFFF&), 4)
    Next i
End Function

' xlwings itself puts the path of this workbook into a command line, and does not quote these.
Private Function IsUnsafe(ByVal path As String) As Boolean
    #If Mac Then
        Dim i As Long

        For i = 1 To Len(path)
            If InStr("""`$\|", Mid$(path, i, 1)) > 0 Then IsUnsafe = True
        Next i
    #Else
        IsUnsafe = InStr(path, "^&") > 0
    #End If
End Function

Private Function UnsafeSigns() As String
    #If Mac Then
        UnsafeSigns = """ ` $ \ |"
    #Else
        UnsafeSigns = "^ di depan &"
    #End If
End Function

' xlwings takes a sheet "... .py" for embedded code, which is not ours and asks for a licence.
Private Function HasCodeSheet() As Boolean
    Dim page As Worksheet

    For Each page In ThisWorkbook.Worksheets
        If Right$(page.Name, 3) = ".py" Then HasCodeSheet = True
    Next page
End Function

Private Function HasInterpreter() As Boolean
    On Error Resume Next
    #If Mac Then
        ' Excel on a Mac is shut off from most folders and may not see a file that is there.
        HasInterpreter = (Left$(GetConfig("INTERPRETER_MAC", ""), 1) = "/")
    #Else
        HasInterpreter = FileExists(GetConfig("INTERPRETER_WIN", ""))
    #End If
End Function

' On a Mac, Python is started by a script that xlwings installs beside Excel.
Private Function HasScript() As Boolean
    #If Mac Then
        Dim folder As String

        On Error Resume Next
        folder = Replace(Environ("HOME"), "/Containers/com.microsoft.Excel/Data", "")
        folder = folder & "/Application Scripts/com.microsoft.Excel/"
        HasScript = (Dir(folder & "xlwings-" & XLWINGS_VERSION & ".applescript") <> "")
    #Else
        HasScript = True
    #End If
End Function

' --- the status cell ------------------------------------------------------------------------------------------

Private Function FindStatusCell(ByVal book As Workbook) As Range
    On Error Resume Next
    If Not book Is Nothing Then Set FindStatusCell = book.Names(STATUS_NAME).RefersToRange.Cells(1, 1)
End Function

Private Sub WriteStatus(ByVal book As Workbook, ByVal text As String)
    Dim cell As Range
    Dim isWritten As Boolean

    Set cell = FindStatusCell(book)
    If Not cell Is Nothing Then
        isWritten = WriteCell(cell, text)
        If Not isWritten Then isWritten = WriteLockedCell(cell, text)
    End If
    If Not isWritten Then Application.StatusBar = Left$(text, STATUS_BAR_LIMIT)
End Sub

' Whether the cell now says it: on a protected sheet a cell refuses, with an error or without.
Private Function WriteCell(ByVal cell As Range, ByVal text As String) As Boolean
    On Error GoTo Refused
    cell.Value = text
    WriteCell = (CStr(cell.Value) = text)
Refused:
End Function

' The sheets are protected without a password; one with a password of the user's own stays as it is.
Private Function WriteLockedCell(ByVal cell As Range, ByVal text As String) As Boolean
    Dim page As Worksheet
    Dim drawings As Boolean
    Dim scenarios As Boolean
    Dim allowed(1 To 11) As Boolean

    On Error GoTo Refused
    Set page = cell.Worksheet
    drawings = page.ProtectDrawingObjects
    scenarios = page.ProtectScenarios
    With page.Protection
        allowed(1) = .AllowFormattingCells
        allowed(2) = .AllowFormattingColumns
        allowed(3) = .AllowFormattingRows
        allowed(4) = .AllowInsertingColumns
        allowed(5) = .AllowInsertingRows
        allowed(6) = .AllowInsertingHyperlinks
        allowed(7) = .AllowDeletingColumns
        allowed(8) = .AllowDeletingRows
        allowed(9) = .AllowSorting
        allowed(10) = .AllowFiltering
        allowed(11) = .AllowUsingPivotTables
    End With
    page.Unprotect Password:=""
    WriteLockedCell = WriteCell(cell, text)
    page.Protect Password:="", DrawingObjects:=drawings, Contents:=True, Scenarios:=scenarios, _
        AllowFormattingCells:=allowed(1), AllowFormattingColumns:=allowed(2), AllowFormattingRows:=allowed(3), _
        AllowInsertingColumns:=allowed(4), AllowInsertingRows:=allowed(5), AllowInsertingHyperlinks:=allowed(6), _
        AllowDeletingColumns:=allowed(7), AllowDeletingRows:=allowed(8), AllowSorting:=allowed(9), _
        AllowFiltering:=allowed(10), AllowUsingPivotTables:=allowed(11)
Refused:
End Function

' Whether the user still reads "Sedang berjalan"; in the status bar that ends here, without a word.
Private Function IsRunning(ByVal book As Workbook) As Boolean
    Dim cell As Range

    On Error Resume Next
    If Left$(CStr(Application.StatusBar), Len(RUNNING)) = RUNNING Then Application.StatusBar = False
    Set cell = FindStatusCell(book)
    If Not cell Is Nothing Then IsRunning = (Left$(CStr(cell.Value), Len(RUNNING)) = RUNNING)
End Function

' --- failures -------------------------------------------------------------------------------------------------

Private Function DescribeFailure(ByVal book As Workbook, ByVal title As String, ByVal fault As String, ByVal details As String) As String
    Dim logPath As String

    DescribeFailure = title & " belum berhasil: " & fault & "."
    If Not book Is Nothing Then DescribeFailure = DescribeFailure & " Tanpa Excel: simpan dan tutup buku ini, lalu jalankan di " & _
        TerminalName() & ": " & CommandFor(book, title) & "."
    logPath = WriteLog(title & ": " & fault & vbNewLine & details)
    If logPath <> "" Then DescribeFailure = DescribeFailure & " Keterangan teknis: " & logPath
End Function

Private Function CommandFor(ByVal book As Workbook, ByVal title As String) As String
    Dim path As String

    path = """" & book.FullName & """"
    Select Case title
        Case "Hitung Ulang": CommandFor = "rkt hitung-ulang " & path
        Case "Periksa": CommandFor = "rkt periksa " & BesideBook(book, "kiriman") & " --rencana " & path
        Case "Buat Buku Kerja": CommandFor = "rkt bangun " & path & " -o " & BesideBook(book, "buku-kerja")
        Case Else: CommandFor = "rkt segarkan " & path
    End Select
End Function

Private Function BesideBook(ByVal book As Workbook, ByVal folder As String) As String
    BesideBook = """" & book.Path & Application.PathSeparator & folder & """"
End Function

Private Function TerminalName() As String
    #If Mac Then
        TerminalName = "Terminal"
    #Else
        TerminalName = "Command Prompt"
    #End If
End Function

Private Function DescribeError() As String
    DescribeError = "VBA " & Err.Number & " (" & Err.Source & "): " & Err.Description
End Function

' Appends to the log; its path, or "" where none could be written.
Private Function WriteLog(ByVal text As String) As String
    Dim path As String
    Dim number As Integer

    On Error GoTo Refused
    path = TemporaryFolder() & LOG_NAME
    number = FreeFile
    Open path For Append As #number
    Print #number, Format$(Now, "yyyy-mm-dd") & " " & Format$(Now, "hh:mm:ss") & " " & text
    Close #number
    WriteLog = path
Refused:
End Function

' With a separator at its end.
Private Function TemporaryFolder() As String
    #If Mac Then
        TemporaryFolder = Environ("HOME")
    #Else
        TemporaryFolder = Environ("TEMP")
    #End If
    If Right$(TemporaryFolder, 1) <> Application.PathSeparator Then TemporaryFolder = TemporaryFolder & Application.PathSeparator
End Function

Private Sub KeepErrorSheet()
    Dim page As Worksheet

    On Error Resume Next
    Set page = ThisWorkbook.Worksheets(ERROR_SHEET)
    hadErrorSheet = Not page Is Nothing
    errorCellBefore = Empty
    If hadErrorSheet Then errorCellBefore = page.Range("A1").Formula
End Sub

' The traceback that xlwings wrote into a sheet; the sheet goes, and one of the user's own is as before.
Private Function TakeErrorText() As String
    Dim page As Worksheet
    Dim alertsBefore As Boolean

    On Error Resume Next
    Set page = ThisWorkbook.Worksheets(ERROR_SHEET)
    If page Is Nothing Then Exit Function
    If hadErrorSheet Then
        If page.Range("A1").Formula <> errorCellBefore Then
            TakeErrorText = CStr(page.Range("A1").Value)
            page.Range("A1").Formula = errorCellBefore
        End If
        Exit Function
    End If
    TakeErrorText = CStr(page.Range("A1").Value)
    alertsBefore = Application.DisplayAlerts
    Application.DisplayAlerts = False
    page.Delete
    Application.DisplayAlerts = alertsBefore
End Function

' Where no sheet can be added (protected structure), xlwings leaves its own log behind.
Private Function TakeLeftLogs(ByVal since As Date) As String
    Dim folder As String
    Dim found As String
    Dim number As Integer
    Dim content As String

    On Error Resume Next
    folder = TemporaryFolder()
    found = Dir(folder & "xlwings-*.log")
    Do While found <> ""
        If CDate(FileDateTime(folder & found)) >= since - TimeSerial(0, 0, 2) Then
            number = FreeFile
            Open folder & found For Input As #number
            Do While Err.Number = 0 And Not EOF(number)
                Line Input #number, content
                TakeLeftLogs = TakeLeftLogs & content & vbNewLine
            Loop
            Close #number
            Err.Clear
        End If
        found = Dir()
    Loop
End Function

Private Sub ShowSheet(ByVal page As Object)
    On Error Resume Next
    If Not page Is Nothing Then page.Activate
End Sub

' --- the Mac's second look ------------------------------------------------------------------------------------

#If Mac Then
Private Sub WatchBook(ByVal book As Workbook, ByVal title As String)
    Set watchedBook = book
    watchedTitle = title
    looksLeft = MOST_LOOKS
    LookLater
End Sub

Private Sub LookLater()
    Application.OnTime Now + TimeSerial(0, 0, SECONDS_BETWEEN_LOOKS), _
        "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!Kinerja.LihatHasil"
End Sub

Public Sub LihatHasil()
    Dim fault As String

    On Error GoTo Gone
    If watchedBook Is Nothing Then Exit Sub
    looksLeft = looksLeft - 1
    fault = FindMacFault()
    If fault = "" And looksLeft > 0 And IsRunning(watchedBook) Then
        LookLater
        Exit Sub
    End If
    If fault = "" Then
        TakeErrorText
    Else
        WriteStatus watchedBook, DescribeFailure(watchedBook, watchedTitle, fault, TakeErrorText() & ReadMacLog())
    End If
Gone: ' or the workbook was closed meanwhile
    Set watchedBook = Nothing
End Sub

Private Function FindMacFault() As String
    If Not IsRunning(watchedBook) Then Exit Function
    If HasMacLog() Then
        FindMacFault = "Python berhenti karena kesalahan"
    ElseIf looksLeft <= 0 Then
        FindMacFault = "Python belum memberi hasil setelah sepuluh menit"
    End If
End Function

Private Function HasMacLog() As Boolean
    On Error Resume Next
    HasMacLog = (FileLen(Environ("HOME") & "/xlwings.log") > 0)
End Function

Private Function ReadMacLog() As String
    Dim number As Integer
    Dim content As String

    On Error GoTo Refused
    number = FreeFile
    Open Environ("HOME") & "/xlwings.log" For Input As #number
    Do While Not EOF(number)
        Line Input #number, content
        ReadMacLog = ReadMacLog & content & vbNewLine
    Loop
    Close #number
Refused:
End Function
#End If

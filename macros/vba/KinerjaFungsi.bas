Attribute VB_Name = "KinerjaFungsi"
Option Explicit
' Worksheet functions in Python for those who want them in a cell of their own; the workbooks never depend on
' them. The wrappers stand here once and for all, so that nobody has to import functions into the project.
' Python is told the workbook that the formula stands in: in the add-in, ThisWorkbook is the add-in itself.

#If Mac Then
    Private Const TROUBLE As String = "Fungsi ini hanya ada di Excel untuk Windows."
#Else
    Private Const TROUBLE As String = "Python belum siap: jalankan rkt pasang di Command Prompt, lalu tekan Ctrl+Alt+F9."
#End If

Public Function CAPAIAN(realisasi As Variant, target As Variant, tipe As Variant, polaritas As Variant) As Variant
    On Error GoTo Failed
    CAPAIAN = TROUBLE
    #If Not Mac Then
        CAPAIAN = XLPy.CallUDF("macros.fungsi", "CAPAIAN", Array(realisasi, target, tipe, polaritas), Application.Caller.Parent.Parent, Application.Caller)
    #End If
    Exit Function
Failed:
    CAPAIAN = TROUBLE
End Function

Public Function KATEGORI(capaian As Variant) As Variant
    On Error GoTo Failed
    KATEGORI = TROUBLE
    #If Not Mac Then
        KATEGORI = XLPy.CallUDF("macros.fungsi", "KATEGORI", Array(capaian), Application.Caller.Parent.Parent, Application.Caller)
    #End If
    Exit Function
Failed:
    KATEGORI = TROUBLE
End Function

Public Function REALISASI_SD(tw As Variant, konsolidasi As Variant) As Variant
    On Error GoTo Failed
    REALISASI_SD = TROUBLE
    #If Not Mac Then
        REALISASI_SD = XLPy.CallUDF("macros.fungsi", "REALISASI_SD", Array(tw, konsolidasi), Application.Caller.Parent.Parent, Application.Caller)
    #End If
    Exit Function
Failed:
    REALISASI_SD = TROUBLE
End Function

Public Function KONSOLIDASI(folder As Variant, id As Variant, triwulan As Variant) As Variant
    On Error GoTo Failed
    KONSOLIDASI = TROUBLE
    #If Not Mac Then
        KONSOLIDASI = XLPy.CallUDF("macros.fungsi", "KONSOLIDASI", Array(folder, id, triwulan), Application.Caller.Parent.Parent, Application.Caller)
    #End If
    Exit Function
Failed:
    KONSOLIDASI = TROUBLE
End Function

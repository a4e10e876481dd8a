// Built by ame_explore/widgets/js/build.js; sources: sha256 3b05efb442196b5f20378b517e3f1870d51980e649031eca507c7745dc4a1606
"use strict";(()=>{var X=new Set(["svg","path"]),A={text:"textContent",value:"value",checked:"checked"};function d(t,n={},...a){let c=X.has(
t)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",i=document.createElementNS(c,t);i.append(...a.flat(1/0).filter(
o=>o!=null&&o!==!1));for(let[o,u]of Object.entries(n))u==null||u===!1||(o.startsWith("on")?i.addEventListener(o.slice(2),
u):o in A?i[A[o]]=u:i.setAttribute(o,u===!0?"":String(u)));return i}var _=t=>!t.some(n=>n.customdata);function B(t,n,a){if(t.meta?.role==="places")return[];let c=a?n:t.customdata?.[n];return(typeof c==
"object"&&c!==null?Array.from(c):[c]).filter(o=>typeof o=="number"&&Number.isInteger(o)).map(Number)}function R(t,n){let a=_(
n);return[...new Set((t?.points??[]).flatMap(({fullData:c,pointNumber:i})=>B(c,i,a)))]}var P=t=>(t.customdata?.length??0)>0&&t.meta?.role!=="places";function q(t,n){return t.mode==="lines"||t.meta?.role?0:(n?
t.x:t.customdata)?.length??0}function U(t,n,a){let c=[],i=n.size?q(t,a):0;for(let o=0;o<i;o++)B(t,o,a).some(u=>n.has(u))&&
c.push(o);return c}function Y(t,n,a){let c=U(n,a,!1),i=c.length>400?[]:c,o=p=>i.flatMap(h=>[p?.[3*h]??null,p?.[3*h+1]??null,
null]),u=Math.max(.12,Math.min(1,2/Math.sqrt(i.length||1)));return{x:o(t.x),y:o(t.y),opacity:u}}function K(t,n){let a=new Map,
c=_(t);return t.forEach((i,o)=>{let u=i.meta?.role;if(u==="lit")a.set(o,Y(t[o-1],t[o+1],n));else{if(i.visible===!1)return;
u==="segments"?a.set(o,{opacity:n.size?.3:1}):q(i,c)&&a.set(o,{selectedpoints:n.size?U(i,n,c):null})}}),a}function F(t,n,a){
let c=(i,o)=>o.selectedpoints!==void 0?a&&n[i].visible!=="legendonly":o.x?.length===0&&!((n[i].x?.length??0)>0);return new Map(
[...t].filter(([i,o])=>!c(i,o)))}function G(t){let n=[...t.values()],a=[...new Set(n.flatMap(c=>Object.keys(c)))];return[
Object.fromEntries(a.map(c=>[c,n.map(i=>i[c])])),[...t.keys()]]}var v=50,J=160;function Z(t){return t===null?"–":typeof t=="string"?t.length>J?`${t.slice(0,J-1)}…`:t:(Number.isInteger(
t)?String(t):t.toFixed(3)).replace(/^-/,"−")}var tt="[\\s\\x00-\\x1f\\x7f-\\xa0\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u18\
0b-\\u180e\\u200b-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0]",et=new RegExp(`(^|[\
;\\t\\r\\n|])(${tt}*[=+@\\uff1d\\uff0b\\uff20\\uff0d\\u2212-])`,"g");function W(t){if(typeof t!="string")return String(t??
"");let n=t.replace(et,"$1'$2");return`"${(/^[\t\r]/.test(n)?`'${n}`:n).replaceAll('"','""')}"`}function nt({what:[t,n],
of:a,others:c,called:i},o,u,p){let h=a&&`, as ${a} has ${o===1?"it":"them"}`,O=o===0?`No ${t} selected. Click a point or\
 a row, or draw a lasso (its button is at the top right of a figure).`:`${o.toLocaleString("en")} ${o===1?t:n} selected${h}${o>
v?`, the first ${v} listed.`:"."}`,E=u.length===1?[`The ${t} ${i[u[0]]??u[0]} is only in ${c}, and not listed here.`]:u.
length?[`${u.length.toLocaleString("en")} more are only in ${c}, and not listed here.`]:[];return p&&E.push("To click a \
point within the outline, change to zoom or pan first, or press Clear."),[O,...E]}function ot(t,n,a){if(!a)return new Set(
n);let c=new Set(t);for(let i of new Set(n))c.delete(i)||c.add(i);return c}function H(t,n,a){let{ids:c,columns:i,pictures:o,
others:u}=t,p=new Map(c.map((s,l)=>[s,l])),h=document.getElementById("panel"),O=h.querySelector("output"),E=h.querySelector(
".rows"),$=s=>h.querySelector(`[data-do=${s}]`),z=[...document.querySelectorAll("tr[data-ids]")].map(s=>({row:s,mine:(s.
dataset.ids??"").split(" ").map(Number)})),x=Object.keys(i),I=Object.fromEntries(x.map(s=>{let l=e=>i[s].some(e);return[
s,l(e=>typeof e=="number")?"number":l(e=>typeof e=="string"&&e.length>24)?"words":""]})),M=(s,l)=>i[s][p.get(l)??-1]??null,
m=new Set,L=null,w=[],S=0,T=s=>s.layout.selections?.length>0;function V(){let s=[...m].slice(0,v),l=s.some(r=>o[r]),e=r=>d(
"td",{},o[r]&&d("img",{src:o[r],alt:`image ${r}`}));return d("table",{},d("thead",{},d("tr",{},l&&d("th",{},"image"),d("\
th",{},"id"),x.map(r=>d("th",{class:I[r]==="number"&&"number"},r)))),d("tbody",{},s.map(r=>d("tr",{},l&&e(r),d("td",{},String(
r)),x.map(f=>d("td",{class:I[f]},Z(M(f,r))))))))}function D(s,l){let[e,...r]=nt(t,m.size,s,l);O.replaceChildren(e,...r.map(
f=>d("small",{},f)))}function b(s,l=[]){D(l,!!s);for(let e of["save","clear"])$(e).disabled=m.size===0;E.replaceChildren(
...m.size?[V()]:[]);for(let{row:e,mine:r}of z){let f=r.some(g=>m.has(g));e.classList.toggle("chosen",f),e.setAttribute("\
aria-selected",String(f))}if(!s)return j();setTimeout(j,0,s)}function j(s){S+=1;let l=w.map(e=>{let r=e._fullData,[f,g]=G(
F(K(r,m),r,e===s)),Q=e!==s&&T(e)?{selections:[]}:{};return g.length?n.update(e,f,Q,g):null});Promise.all(l).finally(()=>{
S-=1,document.documentElement.dataset.chosen=String(m.size)})}function y(s,l,e){let r=s.filter(g=>p.has(g)),f=u?s.filter(
g=>!p.has(g)):[];if(f.length&&!r.length&&!e)return D(f,w.some(T));m=ot(m,r,l),b(e,f)}a.then(s=>{w=s.filter(l=>l._fullData.
some(e=>e.visible!==!1&&P(e)));for(let l of w){let e=r=>R(r,l._fullData);l.on("plotly_selected",r=>{if(!(!r||S)){if(L?.figure!==
l)return y(e(r),!1,l);setTimeout(y,0,[...L.ids,...e(r)],!1)}}),l.on("plotly_deselect",()=>{S||y([],!1)}),l.on("plotly_cl\
ick",r=>y(e(r),!!r?.event?.shiftKey)),l.on("plotly_buttonclicked",()=>setTimeout(b)),l.on("plotly_restyle",()=>{S||setTimeout(
b)})}b(),document.documentElement.dataset.linked=String(w.length)}),addEventListener("mousedown",s=>{let l=w.find(e=>e.contains(
s.target));L=s.shiftKey&&m.size&&l&&!T(l)?{figure:l,ids:[...m]}:null},!0);for(let{row:s,mine:l}of z)s.addEventListener("\
mousedown",e=>{e.shiftKey&&e.preventDefault()}),s.addEventListener("click",e=>y(l,e.shiftKey)),s.addEventListener("keydo\
wn",e=>{e.key!=="Enter"&&e.key!==" "||(e.preventDefault(),y(l,e.shiftKey))});$("clear").addEventListener("click",()=>y([],
!1)),$("save").addEventListener("click",()=>{let s=[["id",...x].map(W),...[...m].map(r=>[String(r),...x.map(f=>W(M(f,r)))])],
l=new Blob([s.map(r=>r.join(",")).join(`\r
`)],{type:"text/csv"}),e=d("a",{href:URL.createObjectURL(l),download:"selection.csv"});e.click(),setTimeout(()=>URL.revokeObjectURL(
e.href),1e3)}),b()}var{Plotly:k}=globalThis,C=document.getElementById("linked-data"),st=C?["autoScale2d"]:["lasso2d","select2d","autoScale2\
d"],N=[];for(let t of document.querySelectorAll(".figure-data")){let n=t.dataset.for??"",{data:a,layout:c}=JSON.parse(t.
textContent??""),i=document.getElementById(n),u={responsive:!0,displaylogo:!1,showSendToCloud:!1,modeBarButtonsToRemove:st,
toImageButtonOptions:{format:"png",scale:2,filename:n}};N.push(k.newPlot(i,a,c,u).then(()=>i))}Promise.all(N).then(t=>{document.
documentElement.dataset.drawn=String(t.length),addEventListener("beforeprint",()=>t.forEach(n=>k.relayout(n,{width:1200,
autosize:!1}))),addEventListener("afterprint",()=>t.forEach(n=>k.relayout(n,{width:null,autosize:!0})))});C&&H(JSON.parse(
C.textContent??""),k,Promise.all(N));})();
